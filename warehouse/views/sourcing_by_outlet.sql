-- One row is one outlet in one month: whom it lets speak, quoted or only paraphrased, and how that was in all months before.
WITH months AS (
    SELECT
        date_trunc('month', published_on) AS month,
        outlet,
        count(DISTINCT article_id) AS articles,
        count(*) AS statements,
        count(*) FILTER (source_kind = 'named') AS named,
        count(*) FILTER (source_kind = 'described') AS described,
        count(*) FILTER (source_kind = 'anonymous') AS anonymous,
        count(*) FILTER (source_kind = 'document') AS documents,
        count(*) FILTER (source_kind = 'none') AS without_source,
        count(*) FILTER (is_quoted) AS quoted,
        count(*) FILTER (gender = 'woman') AS by_women,
        count(*) FILTER (gender = 'man') AS by_men
    FROM main.source_kinds
    GROUP BY ALL
),

compared AS (
    SELECT
        *,
        sum(statements) OVER earlier AS statements_before,
        if(month IS NULL, NULL, sum(anonymous) OVER earlier) AS anonymous_before,  -- what has no day has no past
        if(month IS NULL, NULL, sum(quoted) OVER earlier) AS quoted_before
    FROM months
    WINDOW earlier AS (PARTITION BY outlet ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)

SELECT
    CAST(month AS DATE) AS month, -- its first day; null for articles without a day
    outlet, -- who published the articles, else the agency that they are from
    articles, -- that attribute anything
    statements, -- that they attribute; the next five add up to it
    named, -- by persons, bodies and countries with a name
    described, -- by bodies or people without a name: "environmental groups"
    anonymous, -- by persons whom the article names nowhere
    documents, -- by reports, polls, letters
    without_source, -- by nobody
    quoted, -- in quotation marks, in full or in part
    by_women, -- by persons of whom the article says she, or Mrs
    by_men, -- by persons of whom the article says he, or Mr
    round(anonymous / statements, 3) AS anonymous_share, -- from 0 to 1
    round(anonymous_before / statements_before, 3) AS anonymous_share_before, -- of all its earlier months together
    round(quoted / statements, 3) AS quoted_share, -- from 0 to 1
    round(quoted_before / statements_before, 3) AS quoted_share_before -- of all its earlier months together
FROM compared
