"""Read files and analyse batches of articles, in this process, in worker processes or on a Dask cluster."""
