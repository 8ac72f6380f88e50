-- Fills ops.sources and ops.contents, which older warehouses lack, from the ledger.
INSERT INTO ops.sources (path, file_sha256, run_id)
SELECT path, file_sha256, run_id
FROM ops.files
WHERE outcome <> 'rejected' AND file_sha256 IS NOT NULL AND path NOT IN (SELECT path FROM ops.sources)
QUALIFY row_number() OVER (PARTITION BY path ORDER BY run_id DESC) = 1;

INSERT INTO ops.contents (file_sha256, article_id, run_id)
SELECT DISTINCT f.file_sha256, a.article_id, a.run_id
FROM main.articles AS a
JOIN ops.files AS f ON f.path = a.path AND f.run_id = a.run_id
WHERE f.file_sha256 IS NOT NULL AND f.file_sha256 NOT IN (SELECT file_sha256 FROM ops.contents);
