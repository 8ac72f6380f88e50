-- One row is one share of an outlet's statements: as counted, corrected for the extractor's errors, and with its 95 % interval.
WITH counted AS (
    SELECT
        coalesce(a.outlet, a.agency) AS outlet,
        count(*) AS statements,
        count(DISTINCT s.article_id) AS articles,
        count(*) FILTER (s.speaker_resolution = 'unnamed') AS unnamed,
        count(*) FILTER (
            p.kind IN ('person', 'organization', 'country', 'group') AND s.speaker_resolution <> 'unnamed'
        ) AS named,
        count(*) FILTER (s.parent_statement_id IS NOT NULL) AS hearsay
    FROM main.statements AS s
    JOIN main.articles AS a USING (article_id)
    LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id
    WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
    GROUP BY ALL
),

shares AS (
    UNPIVOT counted ON unnamed, named, hearsay INTO NAME measure VALUE shown
),

smoothed AS (  -- for the interval, adds two statements of each class, since a few statements cannot prove a share of exactly 0 or 1
    SELECT
        s.*,
        m.* EXCLUDE (measure),
        (s.shown + 2) / (s.statements + 4) AS p
    FROM shares AS s
    JOIN (
        SELECT measure, low, high, ratio, var_low, var_high, var_ratio, covariance, spread
        FROM main.measured_quality
        WHERE text_kind = 'all' AND spread IS NOT NULL
    ) AS m USING (measure)
),

corrected AS (  -- the true share among the found statements, computed from the measured values `low` and `high`
    SELECT
        *,
        high - low AS width,
        (p - low) / (high - low) AS found,
        least(greatest((p - low) / (high - low), 0), 1) AS inside,
        least(greatest((shown / statements - low) / (high - low), 0), 1) AS counted
    FROM smoothed
),

varied AS (  -- the variance of `p`: articles are a sample, and so are the statements from which the other values were measured
    SELECT
        *,
        p * (1 - p) / (statements + 4) * spread
        + power(1 - found, 2) * var_low
        + power(found, 2) * var_high
        + 2 * found * (1 - found) * covariance
        + power(width * inside * (1 - inside), 2) * var_ratio AS variance
    FROM corrected
),

ranged AS (  -- on the arcsine scale, on which the variance of a share hardly depends on the share
    SELECT *, asin(sqrt(p)) AS angle, 1.96 * sqrt(variance / (4 * p * (1 - p))) AS half FROM varied
),

ends AS (
    SELECT
        *,
        least(greatest((power(sin(greatest(angle - half, 0)), 2) - low) / width, 0), 1) AS first_end,
        least(greatest((power(sin(least(angle + half, pi() / 2)), 2) - low) / width, 0), 1) AS last_end
    FROM ranged
)

SELECT
    outlet, -- outlet that published the articles; if unknown, their news agency; null if neither is known
    measure, -- unnamed: share of statements by speakers whom the article never names; named: by persons, organizations, countries and groups that the article names; hearsay: within another statement
    statements, -- number of statements in the outlet's articles
    articles, -- number of articles with statements
    round(shown / statements, 3) AS shown, -- the share as counted, from 0 to 1
    if(is_told, round(counted / (counted + (1 - counted) * exp(ratio)), 3), NULL)
        AS likely, -- the share corrected for the measured errors; null if the extractor puts nearly as many wrong statements as right ones into the class
    if(is_told, round(first_end / (first_end + (1 - first_end) * exp(ratio)), 3), NULL)
        AS at_least, -- lower end of the interval; null if likely is null
    if(is_told, round(last_end / (last_end + (1 - last_end) * exp(ratio)), 3), NULL)
        AS at_most -- upper end of the interval; null if likely is null
FROM (
    -- If the counted share hardly depends on the true one, the correction multiplies each difference between the texts
    -- of the outlet and the annotated texts: a counted share of 76 % once became 24 %.
    SELECT *, width >= 0.4 AS is_told FROM ends
)
