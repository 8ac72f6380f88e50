-- One row is one outlet in one month: what kinds of sources its articles have, whether they are quoted, and how that compares with all earlier months.
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
        if(month IS NULL, NULL, sum(anonymous) OVER earlier) AS anonymous_before,  -- articles without a day have no earlier months
        if(month IS NULL, NULL, sum(quoted) OVER earlier) AS quoted_before
    FROM months
    WINDOW earlier AS (PARTITION BY outlet ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)

SELECT
    CAST(month AS DATE) AS month, -- first day of the month; null for articles without a day
    outlet, -- outlet that published the articles; if unknown, their news agency
    articles, -- number of articles with statements
    statements, -- number of statements; the next five columns add up to this number
    named, -- statements by persons, organizations and countries with a name
    described, -- statements by organizations or people without a name: "environmental groups"
    anonymous, -- statements by persons whom the article never names
    documents, -- statements by reports, polls, letters
    without_source, -- statements without a source
    quoted, -- statements in quotation marks, in full or in part
    by_women, -- statements by persons whom the article calls she or Mrs
    by_men, -- statements by persons whom the article calls he or Mr
    round(anonymous / statements, 3) AS anonymous_share, -- share of anonymous statements, from 0 to 1
    round(anonymous_before / statements_before, 3) AS anonymous_share_before, -- the same share in all earlier months together
    round(quoted / statements, 3) AS quoted_share, -- share of quoted statements, from 0 to 1
    round(quoted_before / statements_before, 3) AS quoted_share_before -- the same share in all earlier months together
FROM compared
