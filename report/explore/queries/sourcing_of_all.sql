-- one row: how sources are named in the whole warehouse, to compare an outlet with
SELECT
    count(*) AS statements,
    count(*) FILTER (naming IN ('named', 'pronoun', 'nominal')) AS named,
    count(*) FILTER (naming = 'role') AS role_only,
    count(*) FILTER (naming = 'unnamed') AS unnamed,
    count(*) FILTER (naming = 'none') AS none
FROM said
