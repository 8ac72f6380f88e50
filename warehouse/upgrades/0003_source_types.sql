-- Derives source_type from the kind of the actor. Unnamed organizations and documents count as anonymous persons until
-- their article is analysed again.
UPDATE main.statements AS s
SET source_type = coalesce(
    (
        SELECT CASE a.kind
            WHEN 'person' THEN 'person'
            WHEN 'organization' THEN 'organization'
            WHEN 'country' THEN 'organization'
            WHEN 'group' THEN 'collective'
            ELSE 'anonymous person'
        END
        FROM main.actors AS a
        WHERE a.actor_id = s.actor_id
    ),
    'none'
)
WHERE source_type IS NULL;
