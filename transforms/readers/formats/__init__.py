"""Read each format by one module with a `Format`; the names of its helper modules begin with the format's name."""
