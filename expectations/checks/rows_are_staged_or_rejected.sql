-- stop on metrics: No other check would notice rows that vanish between two steps.
-- expected: for each table, the rows staged before the gate are as many as the rows published or rejected
-- Neither number counts rows staged again because a better copy of their article arrived.
-- trips: Rows without a key, which cannot be recorded as rejects.
WITH came AS (
    SELECT run_id, scope AS table_name, value AS came FROM staging.metrics WHERE metric = 'rows_staged'
),

stayed AS (
    SELECT run_id, scope AS table_name, value AS stayed FROM staging.metrics WHERE metric = 'rows_kept'
),

gone AS (
    SELECT run_id, payload ->> 'table' AS table_name, count(*) AS rejected
    FROM staging.rejects
    WHERE stage = 'gate' AND payload IS NOT NULL
        AND NOT EXISTS (FROM staging.staged_again AS r WHERE r.article_id = payload ->> 'article_id')
    GROUP BY ALL
)

SELECT run_id, table_name, came, stayed, coalesce(rejected, 0) AS rejected
FROM came
JOIN stayed USING (run_id, table_name)
LEFT JOIN gone USING (run_id, table_name)
WHERE came <> stayed + coalesce(rejected, 0)
