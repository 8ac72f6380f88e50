-- one row: the types of sources in the whole warehouse, to compare an outlet with
SELECT
    coalesce(sum(statements), 0)::BIGINT AS statements,
    coalesce(sum(statements) FILTER (other IN ('person', 'organization')), 0)::BIGINT AS named,
    coalesce(sum(statements) FILTER (other IN ('document', 'collective')), 0)::BIGINT AS other,
    coalesce(sum(statements) FILTER (other = 'anonymous person'), 0)::BIGINT AS unnamed,
    coalesce(sum(statements) FILTER (other = 'none'), 0)::BIGINT AS none
FROM figures.counts
WHERE figure = 'source'
