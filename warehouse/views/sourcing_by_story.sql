-- One row is one outlet on one story: whom it lets speak, and how the other outlets do it whose texts are of that story.
WITH outlets AS (
    SELECT
        story_id,
        outlet,
        min(published_on) AS first_on,
        count(DISTINCT article_id) AS articles,
        count(*) AS statements,
        count(DISTINCT actor_id) FILTER (source_kind = 'named') AS speakers,
        count(DISTINCT actor_id) FILTER (source_kind = 'named' AND is_quoted) AS speakers_quoted,
        count(*) FILTER (source_kind = 'named') AS named,
        count(*) FILTER (source_kind = 'described') AS described,
        count(*) FILTER (source_kind = 'anonymous') AS anonymous,
        count(*) FILTER (source_kind = 'document') AS documents,
        count(*) FILTER (source_kind = 'none') AS without_source,
        count(*) FILTER (is_quoted) AS quoted
    FROM main.source_kinds
    GROUP BY story_id, outlet
),

compared AS (
    SELECT
        *,
        count(*) OVER story - 1 AS other_outlets,
        sum(statements) OVER story - statements AS of_others,
        sum(anonymous) OVER story - anonymous AS anonymous_of_others,
        sum(quoted) OVER story - quoted AS quoted_of_others
    FROM outlets
    WINDOW story AS (PARTITION BY story_id)
)

SELECT
    first_on, -- day of its first article on the story
    outlet, -- who published the articles, else the agency that they are from
    articles, -- on this story that attribute anything
    statements, -- that they attribute; named, described, anonymous, documents and without_source add up to it
    speakers, -- different ones with a name
    speakers_quoted, -- of those, the ones with any words in quotation marks; the others are only paraphrased
    named, -- by persons, bodies and countries with a name
    described, -- by bodies or people without a name
    anonymous, -- by persons whom the article names nowhere
    documents, -- by reports, polls, letters
    without_source, -- by nobody
    round(anonymous / statements, 3) AS anonymous_share, -- from 0 to 1
    round(anonymous_of_others / nullif(of_others, 0), 3) AS anonymous_share_of_others, -- of the other outlets together
    round(quoted / statements, 3) AS quoted_share, -- in quotation marks, in full or in part, from 0 to 1
    round(quoted_of_others / nullif(of_others, 0), 3) AS quoted_share_of_others, -- of the other outlets together
    other_outlets, -- that have a text of this story: versions and rewrites of one text are one story
    story_id
FROM compared
