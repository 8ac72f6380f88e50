-- info: The figures of the newest run that are far from the median of earlier runs: $metric.
-- $runs = 20: a working month of daily runs
-- $min_runs = 7: with fewer runs, no value counts as usual
-- $deviations = 5: five standard deviations do not occur by chance within a year of daily runs
-- $min_spread = 0.06: a constant figure may still change by 30 % (five times this) without a warning
-- $min_share = 0.03: a constant share may still change by 15 percentage points
WITH runs_before AS (
    SELECT scope, value
    FROM ops.metrics
    WHERE metric = '$metric' AND run_id < (SELECT max(run_id) FROM staging.metrics)
    QUALIFY row_number() OVER (PARTITION BY scope ORDER BY run_id DESC) <= $runs
),

middle AS (
    SELECT scope, median(value) AS usual, mad(value) AS spread, count(*) AS runs
    FROM runs_before
    GROUP BY scope
    HAVING count(*) >= $min_runs
),

bounds AS (  -- 1.4826 * MAD is one standard deviation of a normally distributed figure
    SELECT
        scope,
        usual,
        runs,
        $deviations * greatest(
            1.4826 * spread,
            $min_spread * usual,
            CASE WHEN '$metric' LIKE 'share_%' THEN $min_share ELSE 0 END
        ) AS room
    FROM middle
)

SELECT
    m.scope,
    round(m.value, 4) AS value,
    round(b.usual, 4) AS usual,
    round(b.room, 4) AS room,
    b.runs,
    trim(format('{} {:.4g}, usually {:.4g}', m.scope, m.value, b.usual)) AS observed
FROM staging.metrics AS m
JOIN bounds AS b USING (scope)
WHERE m.metric = '$metric'
    AND m.run_id = (SELECT max(run_id) FROM staging.metrics)
    AND abs(m.value - b.usual) > b.room
ORDER BY abs(m.value - b.usual) / b.room DESC
