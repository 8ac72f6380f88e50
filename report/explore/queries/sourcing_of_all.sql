-- one row: the types of sources in the whole warehouse, to compare an outlet with
SELECT
    count(*) AS statements,
    count(*) FILTER (source_type IN ('person', 'organization')) AS named,
    count(*) FILTER (source_type IN ('document', 'collective')) AS other,
    count(*) FILTER (source_type = 'anonymous person') AS unnamed,
    count(*) FILTER (source_type = 'none') AS none
FROM said
