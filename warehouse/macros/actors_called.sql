-- One row is one actor with this name or alias, ignoring case and accents: actors_called('Blok').
CREATE OR REPLACE MACRO main.actors_called(called) AS TABLE
SELECT actor_id, name, kind, country_code
FROM main.actors
WHERE kind <> 'nobody' AND (
    strip_accents(lower(name)) = strip_accents(lower(called))
    OR actor_id IN (
        SELECT actor_id
        FROM main.actor_aliases
        WHERE rule NOT IN ('title', 'nominal') AND strip_accents(lower(alias)) = strip_accents(lower(called))
    )
)
