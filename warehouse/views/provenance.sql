-- One row is one statement with its origin: file, run, version and extractor.
SELECT
    s.statement_id,
    s.article_id,
    a.path,
    a.record_no,
    f.format,
    f.file_sha256,
    a.url,
    s.run_id,
    s.since_version,
    v.published_at,
    r.code_version,
    s.extractor_version,
    s.confidence
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
LEFT JOIN ops.files AS f ON f.run_id = a.run_id AND f.path = a.path
LEFT JOIN ops.runs AS r ON r.run_id = s.run_id
LEFT JOIN ops.versions AS v ON v.version_no = s.since_version
