"""The words of time in English, after normalising: one pattern per kind of token, tried in this order."""

from bot.booking.when.en_no_time import NO_TIME
from bot.booking.when.en_past import HAPPENS, PAST

_HOUR = r"(?:1[0-2]|0?[1-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_AMPM = r"(?:a\.?m\b\.?|p\.?m\b\.?|[ap](?![a-z']))"
_DAY = r"mon|tue|wed|thu|fri|sat|sun"
_DAYNAME = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|tue|wed|thu|fri|sat|sun)(?![a-z])\.?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_COUNT = (
    r"(?:\d+(?:\.5)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty"
    r"|thirty|forty(?:[- ]five)?|ninety|a half|half an?|a couple(?: of)?|couple(?: of)?)"
)
_UNIT = r"(?:minutes?|hours?|days?|weeks?|months?)\b"
_NTH = r"(?:first|second|third|fourth|last|1st|2nd|3rd|4th)"
_AFTER_NUMBER = (
    r"(?=\s*(?:$|[-,.;!?)/&+]|(?:or|and|to|til|till|until|in|on|at|if|for|by|with|please|pls|plz|thanks|thank"
    r"|thx|ta|cheers"
    r"|would|will|could|can|works?|is|was|instead|sharp|onwards?|then|today|tonight|tomorrow|next|this|sounds"
    r"|ok|okay|good|fine|suits?"
    r"|ish|when|but|than|because|since|as|so|local|my|jst|gmt|est|pst|utc|i|i'm|we|should|might|may|maybe|does"
    r"|doesn't|isn't|won't|latest|except|excluding|apart|unless|onward|through|thru|tops|max|also|too|anyway"
    r"|again|later|local|o|any|all|sometime|don't|has|from|between|weekdays?|weekends?|mornings?|afternoons?"
    r"|evenings?|via|re|regarding|about|sounds?|be|possible|free|convenient|available|anytime|whenever|suit"
    r"|been|it|that"
    rf"|the|every|each|any|after|before|actually|no|not|rather|call|ring|phone|ideally|preferably|day|night"
    rf"|better|best|{_DAYNAME}|{_MONTH})(?![a-z])))"
)
GRAMMAR = {
    "skip": NO_TIME,
    "happens": HAPPENS,
    "ends": (
        r"(?:[,.;]? ?(?:so|and"
        r"|then)?,? ?(?:please )?(?:call (?:me )?)?(?:any ?time )?after (?:that|then)\b)"
    ),
    "begins": (
        r"(?:[,.;]? ?(?:so|and|then)?,? ?(?:please )?(?:(?:call|ring"
        r"|phone) (?:me )?)?(?:any ?time )?(?:before|by) (?:that|then)\b)"
    ),
    "ifnot": (
        r"(?:and |or |but )?if (?:not|that(?:'s| is)? (?:not|doesn't|does not|won't|isn't"
        r"|can't)[^,.;]{0,25}"
        r"|(?:that|it|this|the first)(?:'s| is| gets) (?:already )?(?:taken|gone|full|booked|busy|no good"
        r"|impossible)(?: up)?(?:,? then)?|(?:he|she|they|you|i|we|it)[^,.;]{0,12}(?:can't|cannot|not|aren't"
        r"|isn't|won't)(?:(?! then\b)[^,.;]){0,20}|(?:it|this|the first)[^,.;]{0,6}(?:doesn't|isn't"
        r"|not)[^,.;]{0,20}|need be|busy|full|unavailable|no one[^,.;]{0,20})|failing that"
        r"|otherwise|or else|alternatively|(?:my )?second choice|(?:my )?first choice|backup"
        r"|plan b|fallback|1st choice|2nd choice|even better"
    ),
    "past_day": (
        r"(?:the )?day before yesterday|yesterday|last (?:night|week|month|year|(?:mon|tues|wednes"
        r"|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|weekend|spring|summer|autumn|winter|fall)"
        rf"|(?:{_COUNT}|several|many|a few|few|some) (?:minutes?|hours?|days?|weeks?|months?"
        r"|years?) (?:ago|earlier|back)\b|earlier (?:today|this (?:week|morning|afternoon|month))"
        r"|(?:the )?other day|this past (?:\w+)|previously|recently|since\b(?!\s(?:i|we|it|my|the"
        r"|you|that)\b)|ago\b"
    ),
    "this_time": (
        r"(?:at )?(?:about |around )?(?:this|the same|same) time(?= (?:tomorrow|next|on|mon|tue"
        r"|wed|thu|fri|sat|sun|the day)|\s?$|[.?!,])"
    ),
    # offsets
    "within": (
        rf"(?:with)?in (?:the )?(?:next|coming) (?P<within_count>{_COUNT}"
        rf"|few|half)?\s?(?P<within_unit>{_UNIT})"
        rf"|within (?:the )?(?P<within_count2>{_COUNT})?\s?(?P<within_unit2>{_UNIT})"
        rf"|(?:with)?in (?:under|less than) (?P<within_count3>{_COUNT})\s?(?P<within_unit3>{_UNIT})"
    ),
    "later": (
        r"(?:in|after|give me|give it|gimme)(?! a (?:call|ring|bell|buzz|shout))"
        r" (?:about |around |roughly |approximately |maybe |like |exactly |another "
        rf"|say )?(?P<soon_about>)(?P<least>{_COUNT})(?:\s?(?:or|to"
        rf"|-)\s?(?P<most>{_COUNT}))?\s?(?P<unit>{_UNIT})(?:['’]? time)?(?: and (?:a"
        r"|\d+)(?P<more> half| \w+)?)?(?P<from_now>(?: from now)?)"
        r"|in (?P<hours_half>\d+|an|one|two|three) (?:hours? )?and a half(?: hours?)?"
        rf"|(?P<least2>{_COUNT})\s?(?:or|to"
        rf"|-)?\s?(?P<most2>{_COUNT})?\s?(?P<unit2>{_UNIT}) (?:from now|from today|later|hence)"
        r"|in an? (?P<quick>hour and a half)|(?P<hours_half2>\d+|an|one|two"
        r"|three) hours? and a half from now|in (?:a )?(?P<quarter>quarter of an hour)"
    ),
    "week_from": (
        r"(?P<weeks>a|one|two|three|1|2|3) weeks? (?:from|after|on) (?:this |next "
        rf"|the )?(?P<week_base>{_DAYNAME}|tomorrow|today|now)\b|(?P<week_day>{_DAYNAME}|tomorrow"
        r"|today) week\b"
    ),
    "length": (
        rf"(?:for )?(?:about |around )?(?:{_COUNT}|\d+\.\d+|a few|several)[- ]?(?:minutes?|hours?"
        r"|days?|weeks?|months?|years?|seconds?|business days?|working days?)\b(?! (?:from now"
        r"|from today|later|hence|and a half from now))"
    ),
    # clock times
    "clock": (
        r"(?P<half_past>half[- ]past|half(?= (?:one|two|three|four|five|six|seven|eight|nine|ten"
        r"|eleven|twelve|\d)\b)|quarter (?:past|after)|(?:a )?quarter (?:to|till|til|of|before)"
        rf"|(?:(?P<past_minutes>\d{{1,2}}|five|ten|twenty[- ]five"
        r"|twenty)(?: minutes (?P<past_to>past|to|till|before|after)| (?P<past_to2>past))"
        r"|(?P<past_words>five|ten|twenty[- ]five|twenty) (?P<past_to3>to|till|before"
        rf"|after))) (?P<past_hour>{_HOUR})(?![\d:]|\w)(?:\s?(?P<past_ampm>{_AMPM}))?"
        r"|(?<![\d:/.])(?P<hour>2[0-3]|[01]?\d)(?::(?P<minute>[0-5]\d)(?!\d)"
        rf"|[.h](?P<dot>[0-5]\d)(?=\s?[ap]\.?m\b|h\b))(?::\d\d)?\s?(?P<ampm>{_AMPM})?"
        rf"|(?<![\d:.])(?P<hour2>{_HOUR})\s?(?P<ampm2>{_AMPM})(?!\w)"
        rf"|(?<![\d:/.])\b(?P<hour3>{_HOUR})\s?o'?\s?clock(?:\s(?P<ampm3>{_AMPM}))?"
        r"|(?P<word_hour>one|two|three|four|five|six|seven|eight|nine|ten|eleven"
        r"|twelve)[- ](?P<word_minute>ten|fifteen|twenty(?:[- ]five)?|thirty(?:[- ]five)?"
        r"|forty(?:[- ]five)?|fifty(?:[- ]five)?|oh five)(?!\s(?:minutes|dollars|people"
        r"|percent))(?:\s?(?P<word_ampm>[ap]\.?m\b\.?))?"
        r"|(?:(?<=\bat )|(?<=after )|(?<=before )|(?<=\bby )|(?<=until )|(?<=around )|(?<=about )|(?<=day )"
        r"|(?<=\bmon )|(?<=\btue )|(?<=\bwed )|(?<=\bthu )|(?<=\bfri )|\A(?=\d\d?\.\d\d(?:$| (?:or|ish"
        r"|then|please|on|today|tomorrow|if|would|is|works))))"
        r"(?P<dotted>1?\d|2[0-3])\.(?P<dotted_minute>[0-5]\d)\b"
        r"|(?<![\d:/.])(?P<military>(?:[01]\d|2[0-3]))(?P<military_minute>[0-5]\d)(?:\s?(?:hours"
        r"|hrs|h)\b|(?<=\bat \d{4})|(?<=\bdo \d{4})"
        r"(?=\s*(?:$|[,.;!?]|on\b|to|please)))|(?<![\d:/.])(?P<h_hour>1?\d|2[0-3])h(?P<h_minute>[0-5]\d)?\b"
    ),
    "noon": r"(?:12 ?)?noon\b(?:\s?time)?|mid-?day|high noon|(?:12 ?)?midnight",
    # dates
    "date": (
        r"(?P<iso_year>20\d\d)[-/.](?P<iso_month>1[0-2]|0?[1-9])[-/.](?P<iso_day>3[01]|[12]\d"
        rf"|0?[1-9])(?!\d)|(?<![\d/.])(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})(?:/(?P<year>20\d\d"
        r"|\d\d))?(?![\d/])"
        rf"|(?P<month_name>{_MONTH}) (?:the )?(?P<day_after>3[01]|[12]\d|0?[1-9])(?:st|nd|rd"
        r"|th)?(?![\d:]|\s?[ap]\.?m\b|\s?%)(?:,? (?P<year_after>20\d\d))?"
        r"|(?:the )?(?P<day_before>3[01]|[12]\d|0?[1-9])(?:st|nd|rd"
        rf"|th)? (?:of )?(?P<month_after>{_MONTH})(?! i\b)(?:,? (?P<year_after2>20\d\d))?"
    ),
    "day_of_month": (
        r"(?:the )(?P<nth_day>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)\b(?! (?:time|floor|one|order|call"
        r"|attempt|person|day of))(?: of (?P<of_month>this|next) month)?|(?P<nth_day2>3[01]|[12]\d"
        r"|[4-9])(?:th|st|nd|rd)\b(?! (?:time|floor|one|order|call|attempt|person|street|st\b|ave"
        r"|avenue))(?: of (?P<of_month2>this|next) month)?"
    ),
    "nth": (
        rf"(?:the )?(?P<ordinal>{_NTH}) (?P<nth_weekday>{_DAYNAME})(?: (?:of|in) (?:(?P<nth_of>the"
        rf"|this|next) month|(?P<nth_month>{_MONTH})))?"
    ),
    "month_week": (
        r"(?:the )?(?P<week_number>first|second|third|fourth|last|1st|2nd|3rd|4th) week (?:of"
        rf"|in) (?:(?P<week_which>this|next|the) month|(?P<week_month>{_MONTH}))"
    ),
    "month_part": (
        r"(?:the )?(?P<slice>end|beginning|start|middle|last day|first(?: day)?) of (?:the "
        rf"|(?P<which>this|next) )?(?:month\b|(?P<slice_month>{_MONTH}))|(?P<slice2>early|mid"
        rf"|late)[- ](?:in )?(?:(?P<which2>next|this) month|(?P<slice_month2>{_MONTH}))"
        r"|month[- ]end|end[- ]of[- ]month|eom\b"
    ),
    "whole_month": rf"(?P<month_of>this|next) month|(?:in|during|sometime in) (?P<in_month>{_MONTH})(?!\s?\d)",
    # weeks and weekdays
    "deadline": (
        r"(?:end of (?:the )?(?:business |working )?day|close of (?:business|play)|eod|cob)(?: on"
        rf"| of)?(?= (?:{_DAYNAME}|tomorrow|today|the \\d|next|this|{_MONTH}))"
    ),
    "end_of_week": (
        r"(?:the )?end of (?:the |this |(?P<end_next>next ))?week\b|eow\b"
        r"|end of (?:the )?(?:business )?day|close of (?:business|play)|eod\b|cob\b"
        r"|end of (?:today|play)|week'?s end"
    ),
    "week": (
        r"(?:sometime |some time |any ?time |any ?day )?(?P<week_slice>early|late|later|mid"
        r"|(?:the )?(?:first|second|latter) (?:half|part) of|(?:the )?(?:beginning|start|middle"
        r"|end) of)?[- ]?(?:in )?(?:(?P<week_of>this|next|coming|following) week\b(?!end)"
        r"|the (?P<following>week after next|week after|following week)\b"
        r"|(?P<later_week>later) this week)(?! monday week)"
    ),
    "weekend": (
        r"(?:this|the|at the|over the|on the|(?P<next_weekend>next)|(?P<every_weekend>every"
        r"|any)) ?(?:coming |following )?weekend\b|(?P<weekend_plain>weekend\b)"
        r"|(?P<weekends>weekends)"
    ),
    "recurring": (
        r"(?:any|every|each|most|all) ?(?:other )?(?P<every_part>mornings?|afternoons?|evenings?"
        r"|nights?|lunchtimes?|lunch ?breaks?)\b|(?:any|every|each|on|most|during"
        r"|all)? ?(?:the )?(?:week|working|business|work)[ -]?days?\b(?! (?:delivery|ago|rate"
        r"|pass))|(?:every ?day|each day|daily)\b"
    ),
    "weekday": (
        r"(?:(?P<every>every|each|any|most|all|on any)|(?P<next>(?:the )?next(?! to))"
        r"|(?P<this>this(?: coming)?)|(?P<coming>(?:the )?(?:coming|following|upcoming)|a"
        rf"|on a)) (?:available |possible |free )?(?P<days>(?:{_DAYNAME}))"
        rf"|(?P<day_name>(?:{_DAYNAME}))(?P<next_week>(?: of)? next week\b)?"
        r"(?P<after_next> after next\b)?(?! week\b)"
    ),
    "tonight": (
        r"tonight|this (?P<this_part>morning|afternoon|evening|lunchtime)|later (?:on )?today"
        r"(?!,? (?:(?:at|around|about|by|before|after|between) )?\d)"
        r"|tomorrow night|tomorrow morning first thing"
    ),
    "relative": (
        r"(?:the )?day after (?:tomorrow|next)|(?:the )?day after(?=[,.;!?]|$| (?:at|in|if|would"
        r"|works?|is|please))|overmorrow|tomorrow|(?:later (?:on )?)?today|(?:the )?(?:next|following) day"
    ),
    "named": (
        r"(?<![a-z])(?:on )?(?:christmas eve|christmas day|christmas(?! (?:card|tree|cake|present|gift|sale|order"
        r"|party|light|shop|ham|decor)\w*)"
        r"|xmas(?: day| eve)?|new year'?s eve|new year'?s day|boxing day|halloween|valentine'?s day)"
        r"|(?<![a-z])(?:on |the |on the )?(?:golden week|obon(?= |$|[,.])|coming of age day"
        r"|(?:national )?foundation day|emperor's birthday"
        r"|vernal equinox day|spring equinox|showa day|constitution (?:memorial )?day|greenery day"
        r"|children's day|marine day"
        r"|mountain day|respect for the aged day|autumnal equinox day|autumn equinox|sports day"
        r"|culture day|labou?r thanksgiving day)"
    ),
    # parts of the day
    "any_after": r"(?:any ?time|anything|whenever|sometime) (?:right |just )?after lunch(?: ?time)?\b",
    "part": (
        r"(?:first|1st) thing(?: (?:in the )?morning)?(?: (?=tomorrow))?"
        r"|(?:the )?start of (?:the )?(?:business )?day|(?:very )?early(?: in the)? morning"
        r"|late(?:r)?(?: in the)? morning|mid[- ]?morning"
        r"|early(?: in the)? afternoon|late(?:r)?(?: in the)? afternoon|(?:right |just "
        r"|shortly )?after lunch(?: ?time)?|lunch ?time|lunch(?: ?break| hour)|(?:at |over "
        r"|during |around )?lunch\b(?! (?:box|menu|order|special|set|delivery|bag))"
        r"|(?:the )?noon hour"
        r"|early(?: in the)? evening|late(?:r)?(?: in the)? evening|late(?: at)? night|(?:in the "
        r"|during the )?day ?time\b|during the day\b|mornings?\b|afternoons?\b|evenings?\b|nights?\b"
        r"|dawn\b(?! \w+ (?:from|said))|after work\b|after dinner\b"
    ),
    # correction and change
    "correct": (
        r"(?:oh,? |hmm+,? |ah,? )(?:wait|no|actually|sorry|better)(?:,? (?:no|sorry|wait))?|no,? wait"
        r"|wait,? no|scratch that|strike that|correction|make (?:that|it)(?= (?:\d|one|two|three"
        r"|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|half|quarter|mon|tue|wed|thu|fri"
        r"|sat|sun|tom|next|the|at))|i mean[t]?|or rather|on second thought[s]?"
        r"|change that(?: to)?|never ?mind,?(?= \w)|oops|actually|hang on|hold on|my mistake"
        r"|my bad|sorry,?(?= (?:i mean|no|make|it's|that's|\d|not|jan|feb|mar|apr|may \d|jun|jul|aug|sep"
        r"|oct|nov|dec|the \d|mon|tue|wed|thu|fri|sat|sun"
        r"|tomorrow|morning|afternoon|evening|noon))"
        r"|(?<=[,.;-] )(?:no|err?|um+|wait),?(?= (?:\d|make|let's|not|mon|tue|wed|thu"
        r"|fri|sat|sun|tomorrow|(?:the )?(?:morning|afternoon|evening)|at|half|quarter|noon|one|two|three|four"
        r"|five|six|seven|eight|nine"
        r"|ten|eleven|twelve))|(?:no|nope), (?=\d)|better(?= make)"
    ),
    "moved": r"\b(?:move|reschedule|postpone|push|shift|switch|change|bring forward|swap|delay)\b",
    # relations
    "no_later": r"no later than|not later than|at the latest by|latest by|(?:on )?or before|not after(?= \w+ at)",
    "no_earlier": (
        r"no(?:t)? earlier than|no sooner than|not until|not till|(?:not|nothing) before"
        r"|from (?=\d[\d:]*\s?(?:[ap]m)? (?:on|onwards?))|only after|as of|as from"
        r"|starting(?: from| at| on)?|beginning(?: at| on)?|from"
    ),
    "until": r"\b(?:by|until|till?|'til|up to|up until)\b",
    "before": r"\b(?:before|earlier than|prior to|ahead of)\b",
    "after": r"\bany ?time after(?= (?:lunch|noon|midday)\b)|\b(?:after|past|later than|following)\b",
    "from_right": (
        r"(?:and|or) (?:later|onwards?|beyond|up|after(?=\s*(?:$|[,.;!?])))\b|onwards?\b|on wards"
        r"|or any ?time after(?=\s*(?:$|[,.;!?]))|\+"
    ),
    "until_right": r"or (?:earlier|sooner|before(?=\s*(?:$|[,.;!?])))\b|at (?:the )?(?:very )?latest\b|latest\b|max\b",
    "between": r"\bbetween\b",
    "about": (
        # "at 3pm about my invoice" says what for, not roughly when
        r"\b(?:about(?=\s*(?:$|[,.;!?)]|\d|noon|mid|half|quarter|an? (?:hour|quarter)|one|two|three|four|five|six|seven"
        r"|eight|nine|ten|eleven|twelve|lunch|then|there|tomorrow|today|next|mon|tue|wed|thu|fri|sat|sun"
        r"|the same|this time))"
        r"|around|circa|roughly|approximately|approx\.?|near|close to|some ?time around"
        r"|some ?where around|ish|or so|or thereabouts|give or take|-?ish|towards)\b"
        r"|(?<=\d)-?ish\b|(?<=[a-z])-?ish\b|~"
    ),
    "but": r"but\b",
    "except": (
        r"\b(?:except(?:ing)?(?: for| on)?|apart from|other than|but not(?: on)?|excluding"
        r"|bar(?=\s(?:mon|tue|wed|thu|fri|sat|sun))|besides|save for)\b"
    ),
    "range": (
        r"-|\bto\b(?=\s(?:\d|noon|midnight|midday|half|quarter|a quarter|one|two|three|four|five"
        r"|six|seven|eight|nine|ten|eleven|twelve|mon|tue|wed|thu|fri|sat|sun|tomorrow|today|next"
        r"|the (?:\d|mon|tue|wed|thu|fri|sat|sun)|this|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov"
        r"|dec|lunch|evening|late|early))|\b(?:through|thru)\b"
    ),
    "at": r"\b(?:at|@|for|on|in|the|during|of|sometime|some time|either|both|about to)\b|@",
    "or": r"\bor\b|/(?=\s?\w)|\beither\b",
    "and": r"(?:\band\b|&)(?: then)?(?: also)?",
    # the customer's stance
    "any": (
        r"(?:at )?any ?time(?:'s)?(?: (?:at all|is|works|of (?:the )?day|you (?:like|want)))?"
        r"|whenever(?! (?:the |an |any |some)[a-z ]{0,20} (?:is|are|becomes?|gets?) (?:free|available))"
        r"|any day|all day|no preference|doesn't matter when|don't mind when|i'm flexible|anytime"
    ),
    "not_asap": r"not urgent|no (?:rush|hurry)|isn't urgent|not in a (?:rush|hurry)",
    "asap": (
        r"\basap\b|a\.s\.a\.p|as (?:soon|quickly|fast|early) as (?:possible|you can|u can"
        r"|you(?:'re| are) able)|right away|right now|straight ?away|immediately|at once"
        r"|this instant|this minute|at your earliest|(?:the )?(?:earliest|soonest|first"
        r"|next) (?:available|possible|slot|convenience|opening|opportunity|time)(?: (?:slot|time"
        r"|opening|agent|moment|one|you have))*|urgent(?:ly)?|(?:the )?sooner the better|soonest"
        r"|pronto|without delay|as soon as|straight off|earliest\b|quick(?:ly)? as|quickest"
        r"|(?:i'm |i am |we're )?in a (?:hurry|rush)|the moment|\A(?:very |real(?:ly)? )?soon\b"
        r"|(?:(?:call|ring|phone)(?: me| us)?(?: back)?|back|me|us|please|pls),? (?:very |real(?:ly)? )?"
        r"(?:soon|quick(?:ly)?)\b"
        r"|whenever [a-z ]{0,24} (?:is|are|becomes?|gets?) (?:free|available)"
    ),
    "now": r"\bnow\b",
    "not_busy": (
        r"\b(?:not|never) (?:so |very |too )?busy\b"
        r"|\bfree(?: and clear)?\b(?= (?:after|before|from|until|between|on|at|any))"
    ),
    "not_here": (
        r"(?:not|isn't|aren't) (?:going to be |be )?(?:available|free|around|in|home|at home|here"
        r"|reachable)(?= (?:on|at|from|until|till|before|after|between|in the|this|next|today"
        r"|tomorrow|tonight|any|weekends?|weekdays?|mornings?|afternoons?|evenings?|mon|tue|wed"
        r"|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|\\d))"
    ),
    "not_right": (
        r"(?:i |we )?(?:can't|cannot|can not|won't be able to)(?=\s*(?:$|[.,;!?]|but\b|so\b))"
        r"|(?:doesn't|does not|don't|do not|didn't|won't|will not|wouldn't|isn't|is not|aren't"
        r"|are not|ain't|can't|cannot|never|not)\s?(?:really |going to |gonna |be )?(?:work|suit"
        r"|do|fit|good|ok|okay|possible|great|convenient|available|an option|ideal|free|happen"
        r"|be possible|manage|cut it|good for me)\w*|(?:is|are|'s|'re) (?:bad|no good|out|no go"
        r"|off|impossible|terrible|booked|full|taken|tricky|difficult|hard|not)\b|no good|no use|no go"
        r"|(?<=\w )off limits|out of the question|(?:i'm|i am|we're|we are) (?:busy|unavailable"
        r"|away|tied up|booked|out|in meetings?|in a meeting|working|travelling|traveling"
        r"|not (?:free|available|around))(?= (?:then|that|at that)|[,.;]|$)"
    ),
    "not_left": (
        r"\b(?:unavailable|busy|tied up)\b|(?:can't|cannot|can not)(?= (?:today|tonight|tomorrow"
        r"|on|mon|tue|wed|thu|fri|sat|sun|this|next|at|before|after|until|between|in the|mornings?"
        r"|afternoons?|evenings?|weekends?|weekdays?|now)\b)|(?:rather|prefer) not(?: to)?"
        r"|(?:can't|cannot|can not|won't|don't|do not|doesn't|please don't|never"
        r"|shouldn't) (?:really |be able to |possibly )?(?:do|make|take|talk|speak|call|ring|phone"
        r"|be|answer|have|get|pick|want|like|contact|disturb|reach|accept|manage|work"
        r"|chat)\w*(?: (?:it|me|us|calls?|you|up|available|free|around|on the phone|a call"
        r"|phone calls?))*|(?:i'm|i am|we're|we are|i'll be|i will be|im) (?:busy|unavailable|away"
        r"|tied up|out of (?:town|office)|out|on (?:holiday|vacation|leave)|not (?:free|available"
        r"|around|in|home))|anything but|no calls?|nothing|never|avoid(?:ing)?|skip|rule out|not"
        r"|isn't|no(?= (?:mon|tue|wed|thu|fri|sat|sun|mornings|afternoons|evenings|weekend"
        r"|(?:morning|afternoon|evening|night|lunchtime|weekend)s? (?:calls?|please|thanks|slots?|times?)))"
        r"|without"
    ),
    "busy": (
        r"(?:i'm|i am|i'll be|im|we're|i'm going to be) (?:stuck )?(?:in (?:a "
        r"|back-to-back )?meetings?|in class|working|travelling|traveling|driving|commuting"
        r"|teaching|at the \w+(?:'s)?|picking|dropping|having|seeing|going|doing)"
        r"|(?:i have|i've got|i got) (?:(?:the|my|a) "
        r"(?:dentist|doctor|vet|plumber|physio\w*|hairdresser|builders?|accountant)s?(?:'s)?"
        r"|(?:work|school|college|jury duty|visitors|guests|family over"
        r"|(?:the|my) (?:kids|grandkids|children|parents))\b)"
        r"|i work(?! (?:from|on|for|with|at|in) )|(?:i'm |i am )?at work"
    ),
    "event": (
        r"(?:i have|i've got|i got|have got|there's|got|my|have) (?:an? |my |the "
        r"|another )?(?:\w+ )?(?:meeting|appointment|flight|class|exam|interview|train|shift"
        r"|surgery|lecture|deadline|conference|party|lesson|procedure|delivery)s?|(?:my|our|the"
        r"|your) (?:\w+ )?(?:shift|meeting|flight|class|train|doctor)s?|(?:the|my|this) (?:store"
        r"|shop|office|meeting|flight|class|train|show|party|wedding|event)"
    ),
    "closed": (
        r"\bforget\b|\bsee you\b|\bwho(?:'s| is| are)\b|(?:i'm |we're )?moving (?:house|home|in|out|to)"
        r"|\b(?:to |i |can i "
        r"|how do i )(?:cancel|return|exchange|downgrade|upgrade|renew)\b(?! (?:the |a |my )?call)"
        r"|do you (?!have|call|ring|phone|think|mind|want|do|work)\w+|will (?:it|this|that|prices?"
        r"|there|the \w+|my \w+)\b|\bit(?:'ll| will)\b|i'll be \d+|is there (?:a|an|any) (?!slot"
        r"|time|chance|way|opening|avail|agent|one)\w+|\b(?:are|is|do|does|were|what time"
        r"|when) (?:you|the (?:store|shop|office|branch|call cent(?:er|re)|line)|your (?:store"
        r"|shop|office|branch|hours|line|lines|opening hours))\b(?:[^,.;]{0,12}\b(?:open|close"
        r"|closed|shut|hours)\w*)|opening hours|business hours|office hours|store hours|open (?:on"
        r"|at|from|till|until)|closes? at|closed on|closing time|your hours"
    ),
    "instead_of": (
        r"instead of|rather than|(?<=[\dm] )than(?= (?:\d|noon|half|quarter|one|two|three|four|five|six|seven"
        r"|eight|nine"
        r"|ten|eleven|twelve))"
    ),
    "request": (
        r"(?:call|ring|phone|reach|contact|get|try|buzz|dial|text|catch) (?:me|us|back|him|her|them)|please"
        r"|(?:give (?:me|us)|gimme|drop me) (?:a |an? [a-z]+ )?(?:call|ring|bell|buzz|shout|tinkle"
        r"|phone ?call|callback)"
        r"|(?:i have |i've got |i've |i got |got |have )?nothing (?:on|planned|scheduled|booked|much on)\b|no plans\b"
        r"|(?:wide|completely|all) (?:open|clear)\b"
        r"|pls|plz|could|can(?! i (?:ask|check|find)| you tell)|would(?! like to know| arrive"
        r"| come| be (?:delivered|here|fixed|ready|shipped|sent)| have)|i'd|prefer\w*"
        r"|like(?! to know)|want(?! to know)|need|hop(?:e|ing)|wonder(?:ing)?|works?\b|available|any chance"
        r"|free|fine|good|ok|okay|suits?|best|great|perfect|let's|let us|how about|what about"
        r"|shall we|schedule|ideally|possible|convenient|i'm around|i'll be (?:home|around|free"
        r"|available|at my desk)|looking for|aim|better|happy|easiest|flexible|thinking|instead"
        r"|book (?:me|a|it|for)"
    ),
    "past": PAST,
    "number": (
        r"(?<![\w:/.$#'])(?P<digits>3[01]|2\d|1\d|0?[1-9]|one|two|three|four|five|six|seven|eight"
        rf"|nine|ten|eleven|twelve)(?=-?ish|s\b|\b){_AFTER_NUMBER}"
    ),
    "so": r"\bso\b(?! (?:much|many|far|long|that i))",
    "stop": (
        r"[.;!?\n](?!\d)|:(?!\d)|\bbecause\b|\bas (?=i|my|we)|\bsince\b|\band (?=(?:i|i'd|would"
        r"|could|please|can|you|call|my|the|then i)\b)|\bthough\b|\bhowever\b|\bthen (?=i|please"
        r"|call)"
    ),
    "comma": r",",
    "glue": (
        r"(?:a|an|i|us|me|is|it|be|later|that|s|'s|st|nd|rd|th|exactly|precisely|sharp|local time"
        r"|my time|time|jst|and maybe|maybe|perhaps|possibly|say|like|just|anywhere|any|day|coming"
        r"|next|this|preferably|o'clock)\b|'s\b"
    ),
    "word": r"[a-z■][\w'■]*|\d[\w.,]*",
}
