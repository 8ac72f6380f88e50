-- warning on statements: Fewer statements per article than usual mean that an outlet's texts are cut off or are of another kind.
-- expected: the usual number of statements per article, for each outlet
-- $min_rows = 20: with fewer articles, the result depends on their subjects
SELECT coalesce(a.outlet, '') AS scope, count(s.statement_id) / count(DISTINCT a.article_id) AS value,
    count(DISTINCT a.article_id) AS row_count
FROM staging.articles AS a
LEFT JOIN staging.statements AS s USING (article_id)
GROUP BY ALL
HAVING count(DISTINCT a.article_id) >= $min_rows
