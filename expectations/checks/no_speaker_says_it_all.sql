-- warning on statements: When one actor makes most statements in many articles, different people were probably merged.
-- expected: no actor has more than $max_share of the statements of a run (runs with at least $min_articles articles)
-- $max_share = 0.4: the busiest speaker of a news day makes a few percent; in a collection of speeches by one person, that person makes all
-- $min_articles = 20: fewer articles may well be about one person
WITH said AS (
    SELECT actor_id, count(*) AS statements, count(DISTINCT article_id) AS articles
    FROM staging.statements
    WHERE actor_id IS NOT NULL
    GROUP BY actor_id
),

everything AS (
    SELECT count(*) AS statements FROM staging.statements
)

SELECT
    said.actor_id,
    n.name,
    said.statements,
    said.articles,
    format('{} has {} of {} statements', n.name, said.statements, everything.statements) AS observed
FROM said
CROSS JOIN everything
LEFT JOIN staging.actors AS n USING (actor_id)
WHERE said.articles >= $min_articles AND said.statements > $max_share * everything.statements
