-- one row: how sources are named in the whole warehouse, to compare an outlet with
SELECT
    count(s.statement_id) AS statements,
    count(*) FILTER (s.speaker_resolution IN ('named', 'pronoun', 'nominal')) AS named,
    count(*) FILTER (s.speaker_resolution = 'role') AS role_only,
    count(*) FILTER (s.speaker_resolution = 'unnamed') AS unnamed,
    count(*) FILTER (s.speaker_resolution = 'none') AS none
FROM main.statements AS s
SEMI JOIN (SELECT article_id FROM main.articles WHERE copy_of IS NULL AND is_killed IS NOT TRUE) USING (article_id)
