-- one row per outlet: its articles and statements, and the types of its sources
WITH printed AS (
    SELECT coalesce(outlet, agency) AS outlet, count(*) AS articles, min(published_on) AS first_on,
        max(published_on) AS last_on
    FROM main.articles
    WHERE coalesce(outlet, agency) IS NOT NULL AND copy_of IS NULL AND is_killed IS NOT TRUE
    GROUP BY ALL
),

voiced AS (
    SELECT
        one AS outlet,
        sum(statements)::BIGINT AS statements,
        coalesce(sum(statements) FILTER (other IN ('person', 'organization')), 0)::BIGINT AS named,
        coalesce(sum(statements) FILTER (other IN ('document', 'collective')), 0)::BIGINT AS other,
        coalesce(sum(statements) FILTER (other = 'anonymous person'), 0)::BIGINT AS unnamed,
        coalesce(sum(statements) FILTER (other = 'none'), 0)::BIGINT AS none
    FROM figures.counts
    WHERE figure = 'source'
    GROUP BY one
)

SELECT
    p.outlet, p.articles, coalesce(v.statements, 0) AS statements, coalesce(v.named, 0) AS named,
    coalesce(v.other, 0) AS other, coalesce(v.unnamed, 0) AS unnamed, coalesce(v.none, 0) AS none, p.first_on,
    p.last_on
FROM printed AS p
LEFT JOIN voiced AS v ON v.outlet = p.outlet
ORDER BY p.articles DESC, p.outlet
