"""English: what tells that a time is over, or that something happens at it by itself."""

# What a thing does again and again, and what the customer does with it: "the lamp flickers every evening".
_TIME_NOUN = (
    r"(?:morning|afternoon|evening|night|day|week|weekend|month|time|slot|call|callback|booking|appointment|number"
    r"|mon|tue|wed|thu|fri|sat|sun|next|first|last|earliest|latest|best|same|other|end|early|late)"
)
_HABIT = r"(?:only |always |just |usually |often |still |sometimes |mostly |normally )"
HAPPENS = (
    rf"\b(?:(?:the|my|our|your|his|her|their|this|that) (?!{_TIME_NOUN})[a-z]+(?: (?:on|of|in) (?:my|the|our) [a-z]+)?"
    rf"|it|he|she) {_HABIT}*(?!works?\b|suits|is\b|has\b|was\b|this\b|his\b|as\b"
    r"|needs|wants|sounds|looks|depends|means|seems|slots|days"
    r"|hours|weeks|minutes|times|options|calls)[a-z]{2,}[^s'\W]s\b"
    rf"|\bit {_HABIT}works\b|\bi {_HABIT}?(?:watch|use|turn|switch|wash|cook|run|charge|iron|heat)\b"
    r"|\b(?:promised|supposed|meant|agreed|going|said you would|said you'd|told me you'd)(?: to)?"
    r" (?:call|ring|phone)(?: me| us)?(?: back)?\b"
)

PAST = (
    r"(?<!be )(?<!get )(?<!being )(?<!i'm )(?<!i am )(?<!we're )"
    r"\b(?!need|feed|speed|indeed|prefer|interest|exceed|succeed"
    r"|tired|wed|unlimited|available|schedul|book|confus|worri)[a-z]{3,}ed\b|\bwould (?:arrive"
    r"|come|be (?:delivered|here|fixed|ready|shipped|sent))|\b(?:see you|talk to you"
    r"|speak to you|thanks?(?: you)?(?: (?:so much|very much|a lot|again))* for"
    r"|sorry to|comes|arrives|happens|use it"
    r"|i use|there's)\b|(?<!be )(?<!get )\b(?:couldn't|didn't|wasn't|weren't|called|rang"
    r"|phoned|ordered|bought|purchased|arrived|received|delivered|(?<!'ve )(?<!have )(?<!has )(?<!you )got"
    r"|came|was(?!\s(?:hoping"
    r"|wondering|thinking|looking))|were(?!\s(?:hoping|wondering))|had|did|spoke|talked|tried"
    r"|missed|broke|stopped|started|happened|signed|paid|emailed|sent|booked|said|told|waited"
    r"|waiting|been|visited|went|met|moved|joined|cancelled|canceled|placed|shipped|left|ended"
    r"|expired|charged|renewed|promised|scheduled|supposed|opened|closed|stayed|used|worked"
    r"|submitted|requested|chatted|began|crashed|died|failed|stood|saw|took|made|gave|wrote"
    r"|complained|returned|picked|dropped|installed|fell|lost|forgot|changed|reported|due"
    r"|dated|born|appointment|appt|reservation|booking|invoice|delivery|order from|bill"
    r"|statement|newsletter|offer|sale|ends|expires|starts|begins|launches|newspaper|edition"
    r"|special|deal|menu|issue|lesson|movie|film|episode)\b"
)
