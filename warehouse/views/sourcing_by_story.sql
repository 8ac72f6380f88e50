-- One row is one outlet on one story: what kinds of sources its articles have, compared with the other outlets that published the story.
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
    first_on, -- day of the outlet's first article on the story
    outlet, -- outlet that published the articles; if unknown, their news agency
    articles, -- number of the outlet's articles on the story that have statements
    statements, -- number of statements in these articles; named, described, anonymous, documents and without_source add up to this number
    speakers, -- number of different named speakers
    speakers_quoted, -- number of these speakers with words in quotation marks; the others are only paraphrased
    named, -- statements by persons, organizations and countries with a name
    described, -- statements by organizations or people without a name
    anonymous, -- statements by persons whom the article never names
    documents, -- statements by reports, polls, letters
    without_source, -- statements without a source
    round(anonymous / statements, 3) AS anonymous_share, -- share of anonymous statements, from 0 to 1
    round(anonymous_of_others / nullif(of_others, 0), 3) AS anonymous_share_of_others, -- the same share in the other outlets together
    round(quoted / statements, 3) AS quoted_share, -- share of statements in quotation marks, in full or in part, from 0 to 1
    round(quoted_of_others / nullif(of_others, 0), 3) AS quoted_share_of_others, -- the same share in the other outlets together
    other_outlets, -- number of other outlets with an article on this story; versions and rewrites of one text are one story
    story_id
FROM compared
