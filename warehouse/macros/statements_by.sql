-- One row is one statement by an actor with this name: statements_by('Blok').
CREATE OR REPLACE MACRO main.statements_by(called) AS TABLE
SELECT * FROM main.who_said_what WHERE actor_id IN (SELECT actor_id FROM main.actors_called(called))
