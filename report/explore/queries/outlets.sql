-- one row an outlet: how much there is of it, and how it names its sources
SELECT
    coalesce(a.outlet, a.agency) AS outlet,
    count(DISTINCT a.article_id) AS articles,
    count(s.statement_id) AS statements,
    count(*) FILTER (s.speaker_resolution IN ('named', 'pronoun', 'nominal')) AS named,
    count(*) FILTER (s.speaker_resolution = 'role') AS role_only,
    count(*) FILTER (s.speaker_resolution = 'unnamed') AS unnamed,
    count(*) FILTER (s.speaker_resolution = 'none') AS none,
    min(a.published_on) AS first_on,
    max(a.published_on) AS last_on
FROM main.articles AS a
LEFT JOIN main.statements AS s USING (article_id)
WHERE coalesce(a.outlet, a.agency) IS NOT NULL AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
GROUP BY coalesce(a.outlet, a.agency)
ORDER BY articles DESC, outlet
