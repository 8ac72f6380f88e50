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
        outlet,
        count(*) AS statements,
        count(*) FILTER (source_type IN ('person', 'organization')) AS named,
        count(*) FILTER (source_type IN ('document', 'collective')) AS other,
        count(*) FILTER (source_type = 'anonymous person') AS unnamed,
        count(*) FILTER (source_type = 'none') AS none
    FROM said
    GROUP BY outlet
)

SELECT
    p.outlet, p.articles, coalesce(v.statements, 0) AS statements, coalesce(v.named, 0) AS named,
    coalesce(v.other, 0) AS other, coalesce(v.unnamed, 0) AS unnamed, coalesce(v.none, 0) AS none, p.first_on,
    p.last_on
FROM printed AS p
LEFT JOIN voiced AS v ON v.outlet = p.outlet
ORDER BY p.articles DESC, p.outlet
