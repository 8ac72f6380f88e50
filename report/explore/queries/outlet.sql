-- one row: an outlet, what it brings, and how it names its sources
SELECT
    $outlet AS outlet,
    count(DISTINCT a.article_id) AS articles,
    count(s.statement_id) AS statements,
    count(*) FILTER (s.speaker_resolution IN ('named', 'pronoun', 'nominal')) AS named,
    count(*) FILTER (s.speaker_resolution = 'role') AS role_only,
    count(*) FILTER (s.speaker_resolution = 'unnamed') AS unnamed,
    count(*) FILTER (s.speaker_resolution = 'none') AS none,
    count(*) FILTER (s.kind = 'direct') AS direct,
    count(*) FILTER (s.kind = 'indirect') AS indirect,
    count(*) FILTER (s.kind = 'mixed') AS mixed,
    count(DISTINCT s.actor_id) AS speakers,
    min(a.published_on) AS first_on,
    max(a.published_on) AS last_on
FROM main.articles AS a
LEFT JOIN main.statements AS s USING (article_id)
WHERE coalesce(a.outlet, a.agency) = $outlet AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
