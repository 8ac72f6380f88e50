"""Where batches of articles are analysed: this process, worker processes, a Dask cluster."""
