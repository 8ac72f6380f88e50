-- warning on articles: Articles in a language without an extractor are loaded without statements, which is rarely intended.
-- expected: at most $max_share of the articles are in a language without an extractor (runs with at least $min_articles articles)
-- $max_share = 0.5: most archives have some articles in other languages; half means a different archive
-- $min_articles = 20: with fewer articles, one odd article changes the result
WITH extracted AS (
    SELECT json_extract_string(parameters, '$.languages[*]') AS languages
    FROM staging.runs
    ORDER BY started_at DESC
    LIMIT 1
),

counted AS (
    SELECT
        count(*) AS articles,
        count(*) FILTER (NOT list_contains(languages, language)) AS left_out,
        mode(language) FILTER (NOT list_contains(languages, language)) AS language
    FROM staging.articles
    CROSS JOIN extracted
    WHERE len(languages) > 0
)

SELECT
    *,
    format('{:.0f} % of the articles are not extracted, most of them in {}', 100 * left_out / articles, language)
        AS observed
FROM counted
WHERE articles >= $min_articles AND left_out > $max_share * articles
