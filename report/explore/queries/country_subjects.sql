-- one row a country of whose people and bodies the officials of this one speak, with how often
WITH said AS (
    SELECT s.statement_id, s.cue_class, s.published_on
    FROM main.statements AS s
    JOIN main.articles AS a USING (article_id)
    LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id
    LEFT JOIN main.actors AS f ON f.actor_id = s.organization_id
    WHERE coalesce(p.country_code, f.country_code) = $country AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
)

SELECT
    t.country_code AS country,
    count(DISTINCT statement_id) AS statements,
    count(DISTINCT statement_id) FILTER (cue_class = 'accusing') AS accusing,
    max(published_on) AS last_on
FROM said
JOIN main.statement_actors AS r USING (statement_id)
JOIN main.actors AS t USING (actor_id)
WHERE r.relation IN ('mentioned', 'addressee') AND t.country_code <> $country
GROUP BY t.country_code
ORDER BY statements DESC, country
