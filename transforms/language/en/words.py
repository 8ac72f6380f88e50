"""List English words for the rules on names, titles and references; in lower case unless a comment says otherwise."""

from __future__ import annotations

from transforms.language.language import WordLists

DETERMINERS = frozenset("the a an this that his her their its our".split())
# Small words inside the names of organizations.
CONNECTORS = frozenset("of for and the on in to & de du des la".split())
SUFFIXES = frozenset("jr sr ii iii iv".split())
# Small words inside the names of people.
PARTICLES = frozenset("van von de der den del della di da dos la le bin ibn al el ten ter".split())
# Last or only words of names that the tagger takes for actors, but that mean things, events or laws.
NOT_ACTORS = frozenset(
    "act treaty agreement accord accords deal constitution award awards prize cup olympics games war day "
    "week hurricane typhoon cyclone storm festival championship championships bill amendment protocol "
    "convention plan summit election elections referendum article section highway street road avenue "
    "river lake ocean sea island islands mountain mount airport stadium bridge tower square park valley "
    "building hall theatre theater palace monday tuesday wednesday thursday friday saturday sunday "
    "january february march april june july august september october november december mission telescope "
    "rule code law laws list report survey index doctrine theory effect syndrome disease virus covid "
    "covid-19 coronavirus internet web bible quran koran god jesus gmt utc est christmas easter gdp ceo "
    "dna id q a paralympics paralympic goals articles manifesto series expo playoffs edition album film novel "
    "poll polls census medicare medicaid obamacare islam christianity talmud torah show "
    "latino latina hispanic muslim islamic christian jewish arab catholic i ok o.k. too not lgbt "
    "study station auditorium floor disorder disorders deficiency "
    "scheme category collection definition app wi-fi "
    "majesty highness excellency holiness".split()
)
# Words of NOT_ACTORS that are also family names; they are family names after a given name: 'Ann Law'.
SURNAMES_TOO = frozenset("law day hall park lake street bridge road war hill field tower christmas".split())
# After a person's name and a comma: 'Ann Roe, QC, said'.
AFTER_NAMES = frozenset("sc qc kc mp mep md phd ph.d. m.d. obe cbe mbe jd rn esq jr sr r d i".split())
# Last words of names of laws and prizes: 'Ann Roe Justice in Schools Act'.
MADE = frozenset("act bill law amendment award prize treaty index".split())
# Titles that are also family names: 'Mr. King', unlike 'Mr. President'.
TITLES_TOO = frozenset(
    "king dean judge bishop pope prior chancellor marshal marshall page major abbot".split()
)
# First words of a phrase before the subject: 'In her speech, Roe said'.
OPENERS = frozenset(
    "in at after before during with despite for on through by from while when as upon".split()
)
# These are never part of a person's name, even with a capital.
SMALL_WORDS = frozenset(
    "the a an to of on at for in with and or but if than as by from about who what why when where how that this "
    "would could should can may might must not only beneath before after over under against between during "
    "without within near among toward towards how does do did her his their its it is are was were be has have".split()
)
INTERJECTIONS = frozenset("nah yeah hey oh wow thanks thank well okay hi hello alas yep nope".split())
# Given names that are also words.
ALSO_WORDS = frozenset("may april june will mark".split())
# Directly before or soon after a name, these show that it means a thing: 'Cyclone Roe', 'Roe is a space capsule'.
THINGS = frozenset(
    "hurricane cyclone typhoon storm operation project mission spacecraft capsule probe satellite rocket "
    "telescope novel film movie book album song single play musical opera painting drama sitcom sequel comic "
    "webcomic game videogame drink cocktail beverage beer wine dish sauce website site blog app software "
    "programme program ship vessel tanker ferry yacht boat submarine frigate destroyer drug vaccine pill "
    "variant virus species horse racehorse dog cat journal poem story character neologism word "
    "term slang festival exhibition hashtag chatbot aircraft jet missile".split()
)
# Before a name, these show that it means a thing: 'a drink called Roe'.
CALLED = frozenset("called titled entitled named dubbed nicknamed codenamed christened".split())
# Before a name, these show that it means a kind of thing: 'her Roe', 'a Roe'.
ARTICLES = frozenset("the a an this that his her their its our my your".split())
# Directly after a name, these show that it is an actor, who speaks.
SPEAKS = frozenset(
    "said says reported reports wrote writes told tells announced announces added warned asked".split()
)
# First words of a name that say that it means a thing: 'Spacecraft Roe'.
LEADING_THINGS = frozenset("hurricane cyclone typhoon storm operation spacecraft satellite telescope".split())
# After an adjective of a country, these show that it means the language: 'speak English or Dutch'.
AFTER_LANGUAGE = frozenset("or and in to as with for but at on by when if than is was only well".split())
PREFIXES = ("pro-", "anti-", "non-", "ex-", "pan-", "mid-", "post-")
DOMAINS = (".com", ".org", ".net", ".info", ".co.uk", ".ru")
# If these words are alone, with or without a capital, they refer to an organization named elsewhere.
BARE_WORDS = frozenset(
    "court department committee commission council party government ministry agency board union group "
    "company fund office state states embassy university college school police service bank centre center "
    "campaign house association society foundation institute press media army navy church museum club "
    "league section".split()
)
# Before an adjective of a country, these show that it means the language: 'in English'.
LANGUAGE_VERBS = frozenset(
    "in into speak speaks spoke speaking from learn learning good fluent broken native plain".split()
)
POSSESSIVES = frozenset("'s ’s ' ’".split())
# The possessive, and verbs of headlines, where every word has a capital: "Roe Says".
TRAILING = frozenset(
    "'s ’s says say said calls slams blasts urges wants hits vows warns tells asks backs image photo video".split()
)
# Words whose full stop does not end a sentence.
ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof rev gen col maj capt lt sgt cpl adm cmdr gov sen rep hon st sr jr no vs inc corp "
    "ltd co jan feb mar apr aug sept sep oct nov dec messrs fr mt".split()
)
HE = frozenset("he him his himself".split())
SHE = frozenset("she her hers herself".split())
WHO = frozenset("who whose whom".split())
# Between a subject and "him", these show that another clause has begun.
CLAUSE = frozenset(
    ', ; : " “ ” — – that who which because when if while as and but after before said says'.split()
)
# The model of stances was trained with these two lists: after a change here, train it again.
SPLITTERS = frozenset("and but while although because though whereas if when who which that as".split())
NEGATORS = frozenset(
    "not n't don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't cannot couldn't shouldn't "
    "hasn't haven't hadn't no never without neither nor nobody nothing hardly none".split()
)
FINITE = frozenset(
    "is was are were has had have will would can could did does do may might must should".split()
)
# A description may have these words even if the person's role lacks them.
LOOSE = frozenset("former new current outgoing incoming acting senior top veteran".split())
# Nouns that state the type of an organization so clearly that its name need not contain them.
TYPED = frozenset(
    "company firm giant maker carmaker automaker airline retailer startup newspaper broadcaster party "
    "agency bloc manufacturer regulator corporation magazine".split()
)
# Between a role and its organization.
BELONGS = frozenset("of at for with in from to on".split())
# These words end the search for the role in an apposition.
STOPS = frozenset(
    "who which that said says is was are were has had in at with to of but as by when where".split()
)
# Words that may follow the role in an apposition.
AFTER_ROLE = frozenset(
    ", . ; : ) — – - of at for in with to from who and on during under until since".split()
)
# Documents: in "the report says", the author of the report speaks.
DOCUMENTS = frozenset(
    "report statement letter complaint lawsuit filing notice post email e-mail memo memorandum release message note "
    "article story essay summary answer tweet petition communique communiqué announcement editorial blog column "
    "review website site page bulletin brief affidavit indictment document book handbook word remark comment speech "
    "testimony conference".split()
)
# Findings, which have no single author: in "the poll found", the speaker is an organization or nobody.
SURVEYS = frozenset("poll survey study census questionnaire data figure statistic index".split())
# Websites where anybody posts. They are only the medium of a statement, unless the company itself acts.
PLATFORMS = frozenset(
    "facebook twitter instagram youtube whatsapp tiktok weibo wechat telegram snapchat linkedin reddit x threads "
    "mastodon bluesky tumblr pinterest twitch messenger signal viber discord".split()
)
# Before or after the name of a platform, these show that somebody posted there.
POSTED_BEFORE = frozenset("on via through a an his her their its our my another this that /".split())
POSTED_AFTER = frozenset(
    "post posts account accounts page pages video videos follower followers user users group groups message messages "
    "feed feeds thread threads handle profile profiles story stories live channel channels status update tweet app "
    "apps chat chats friend friends messaging hashtag".split()
)
# Communications with an addressee: 'in an interview with Acme', 'a letter to Acme'.
ADDRESSED = frozenset(
    "interview interviews statement statements letter letters speaking spoke speaks talking talked remarks "
    "presentation address session filing filings call conversation "
    "testimony email e-mail memo note submission submissions briefing wrote writing testifying testified "
    "evidence message messages comments speech lecture sermon replied replies".split()
)
# Directly after a person's name, in capitals: memberships and orders, not part of the name.
LETTERS_AFTER = frozenset("MP MEP MSP MK MHK MLA MNA MPP MLC MEC TD KC QC SC OBE CBE MBE DBE KBE".split())
# Honorifics of two words, each of which may also be a name.
PAIRED_HONORIFICS = frozenset(
    (
        ("tan", "sri"), ("puan", "sri"), ("datuk", "seri"), ("datuk", "sri"), ("dato", "seri"), ("dato", "sri"),
        ("rt", "hon"), ("right", "honourable"), ("right", "honorable"),
    )
)  # fmt: skip
WORD_LISTS = WordLists(
    connectors=CONNECTORS,
    particles=PARTICLES,
    suffixes=SUFFIXES,
    paired_honorifics=PAIRED_HONORIFICS,
    after_names=AFTER_NAMES,
    letters_after=LETTERS_AFTER,
    surnames_too=SURNAMES_TOO,
    titles_too=TITLES_TOO,
    also_words=ALSO_WORDS,
    small_words=SMALL_WORDS,
    interjections=INTERJECTIONS,
    trailing=TRAILING,
    prefixes=PREFIXES,
    domains=DOMAINS,
    bare_words=BARE_WORDS,
    not_actors=NOT_ACTORS,
    made=MADE,
    things=THINGS,
    leading_things=LEADING_THINGS,
    called=CALLED,
    articles=ARTICLES,
    platforms=PLATFORMS,
    possessives=POSSESSIVES,
    posted_before=POSTED_BEFORE,
    posted_after=POSTED_AFTER,
    language_verbs=LANGUAGE_VERBS,
    after_language=AFTER_LANGUAGE,
    determiners=DETERMINERS,
    he=HE,
    she=SHE,
    who=WHO,
    clause=CLAUSE,
    splitters=SPLITTERS,
    negators=NEGATORS,
    finite=FINITE,
    openers=OPENERS,
    loose=LOOSE,
    typed=TYPED,
    belongs=BELONGS,
    stops=STOPS,
    after_role=AFTER_ROLE,
    documents=DOCUMENTS,
    surveys=SURVEYS,
    addressed=ADDRESSED,
    speaks=SPEAKS,
    abbreviations=ABBREVIATIONS,
)
