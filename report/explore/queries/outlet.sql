-- one row: the outlet, its articles and statements, and the types of its sources
WITH printed AS (
    SELECT count(*) AS articles, min(published_on) AS first_on, max(published_on) AS last_on
    FROM main.articles
    WHERE coalesce(outlet, agency) = $outlet AND copy_of IS NULL AND is_killed IS NOT TRUE
),

voiced AS (
    SELECT
        count(*) AS statements,
        count(*) FILTER (source_type IN ('person', 'organization')) AS named,
        count(*) FILTER (source_type IN ('document', 'collective')) AS other,
        count(*) FILTER (source_type = 'anonymous person') AS unnamed,
        count(*) FILTER (source_type = 'none') AS none,
        count(*) FILTER (kind = 'direct') AS direct,
        count(*) FILTER (kind = 'indirect') AS indirect,
        count(*) FILTER (kind = 'mixed') AS mixed,
        count(DISTINCT actor_id) AS speakers
    FROM said
    WHERE outlet = $outlet
)

SELECT $outlet AS outlet, printed.articles, voiced.*, printed.first_on, printed.last_on FROM printed, voiced
