"""How page furniture, photo captions and agency credits of news sites read: the patterns, and nothing else.

Each pattern must match the whole of a sentence or paragraph, so that a report which merely says "subscribe" stays.
"""

from __future__ import annotations

import re

LONGEST_FURNITURE = 300
"""Characters: longer sentences are never taken for furniture."""

_AGENCIES = (
    r"(?:Reuters|REUTERS|AP|Associated Press|The Associated Press|AFP|AFP/Getty(?: Images)?|Getty(?: Images)?|"
    r"EPA(?:-EFE)?|UPI|"
    r"Bloomberg(?: News)?|Shutterstock|iStock(?:photo)?|Alamy(?: Stock Photo)?|PA(?: Wire| Images| Media)?|Xinhua|"
    r"TASS|Sputnik|"
    r"Anadolu(?: Agency)?|NurPhoto|ZUMA(?: Press| Wire)?|CQ Roll Call|Sipa(?: USA)?|Kyodo(?: News)?|Yonhap|Handout|"
    r"Pool|POOL|"
    r"Wikimedia Commons|Flickr|Unsplash|SCNG|USA TODAY(?: NETWORK| Sports)?|NBC News|CBS News|ABC News|CNN|NPR|dpa|"
    r"ANSA|Rex Features)"
)

_BOILERPLATE = [
    # Sharing, commenting, following
    r"(?:leave|post|add|write) a (?:comment|reply)",
    r"(?:\d+ |view |show |load |hide |see |join the conversation: ?)*comments?(?: \(\d+\))?",
    r"share(?: this| on| via| with| article| story| post)*(?: (?:article|story|post|page|link))*(?: (?:on|via|with|"
    r"by|to))?"
    r"(?:[\s,|/]*(?:facebook|twitter|x|email|e-mail|whatsapp|linkedin|reddit|pinterest|print|copy link|friends|"
    r"your friends))*:?",
    r"(?:facebook|twitter|email|e-mail|whatsapp|linkedin|reddit|pinterest|print|copy link|instagram|play facebook)"
    r"(?:[\s,|/]+(?:facebook|twitter|x|email|e-mail|whatsapp|linkedin|reddit|pinterest|print|copy link|instagram))*",
    r"(?:please )?follow (?:us|me|him|her|them|@?[\w.@]+(?: [\w.@]+){0,4}) (?:on|at|via) (?:@\w+ on |our )?"
    r"(?:twitter|facebook|instagram|x|threads|telegram|youtube|social media|google news|https?:)\b.{0,120}",
    r"(?:like|join|find) us on (?:facebook|twitter|instagram|telegram|youtube|whatsapp)\b.{0,80}",
    r"like this:?(?: like)?(?: loading)?",
    r"loading",
    # Subscribing, signing in, paying
    r"(?:please )?(?:sign|signing) (?:up|in)(?: (?:here|now|today|free|for|to|with|by)\b.{0,160})?",
    r"(?:please )?(?:subscribe|register|log ?in|sign in|create an account|become a (?:member|subscriber))"
    r"(?: (?:here|now|today|to|for|free|and|with|or|today to|to continue)\b.{0,140})?",
    r"(?:get|receive) .{3,120}(?:(?:delivered |sent )?(?:straight |directly |right )?(?:to|in) your (?:inbox|email|"
    r"phone)|"
    r"newsletters?|e-?mail alerts?)\b.{0,80}",
    r"(?:get|receive) (?:our|the latest|all the latest|breaking|daily|weekly|more) .{0,60}"
    r"(?:newsletters?|alerts?|updates|app|reports?)(?: .{0,80})?",
    r".{0,80}\b(?:sign up|subscribe) (?:for|to) (?:our|the|your|daily|my|its) .{0,80}\b(?:newsletters?|updates|"
    r"channel|podcast|alerts?)\b.{0,80}",
    r"let our news meet your inbox",
    r"the news and stories that matters?,? delivered.{0,60}",
    r"by (?:signing up|subscribing|registering|clicking|continuing),? .{0,160}",
    r"(?:manage|daily|weekly|our|the|more|free|email|e-mail) newsletters?(?: sign-?up)?(?: manage newsletters)?",
    r"(?:thanks|thank you) for (?:signing up|subscribing|reading|registering).{0,120}",
    r"(?:already (?:a subscriber|have an account|registered)\??.{0,60}|start your free trial.{0,60}|get started|"
    r"support .{0,60}journalism.{0,80})",
    r"(?:donate|contribute|support us|make a (?:donation|gift))(?: (?:now|here|today|to)\b.{0,100})?",
    # Advertising, related links, players
    r"(?:-+ ?)?(?:advertise(?:ment)?s?|ad|ads|sponsored(?: content| by .{0,40})?|promoted(?: content)?|"
    r"paid (?:content|post))"
    r"(?: ?-+|:)?(?: -? ?(?:continue reading|scroll to continue|story continues) .{0,40})?",
    r"(?:story|article|post|continue|continues?|scroll|keep)(?: reading| continues| continued?| down)* (?:below|"
    r"after|with|to|the main story)\b.{0,60}",
    r"(?:read|see|watch|listen|view|hear|find out|learn|discover|click)(?: here)?(?: to)?(?: read| see| watch|"
    r" listen)? ?(?:more|also|next|now|on|the full (?:story|article|report)(?: here)?)"
    r"(?: (?:from|on|about|in|at|here|stories|articles|news|details)\b.{0,100})?:?",
    r"(?:read|see|watch|related|more|also|recommended|trending|must read|must watch|read more|see also|also read|"
    r"also see|"
    r"further reading|more coverage|related coverage|from the archives?|more on this|don'?t miss|editor'?s picks?|"
    r"explainer|full coverage|"
    r"most read|most popular|up next|next|previous|top stories|latest|live updates?|more news|more from .{0,40}|"
    r"in other news)"
    r"(?: (?:articles?|stories|story|news|posts?|videos?|links?|topics?|content))?:(?: .{0,160})?",
    r"(?:related|recommended|trending|most read|most popular|top stories|up next|see also|read more|more stories|"
    r"related articles?|related stories|"
    r"related topics?|related content|you (?:may|might) also (?:like|be interested in)|recommended for you|"
    r"more on this story|around the web|"
    r"from around the web|what to read next|tags|topics|categories|filed under|share|print|email|close|menu|search|"
    r"home|next|previous|"
    r"back to top|skip to (?:main )?content|play|pause|mute|autoplay|transcript|listen|watch|video|photos?|gallery|"
    r"comments?|more)",
    r"visit (?:\S+ ){1,5}homepage for more stories",
    r"(?:click|tap|press) (?:here|on|to|the|below|through)\b.{0,160}",
    r".{0,60}\bclick(?:ing)? here\b.{0,80}",
    r"slideshow \(\d+ images?\)",
    r"(?:enlarge|expand|view) (?:this )?(?:image|photo|gallery|slideshow).{0,20}",
    r"(?:media playback is (?:un|not )supported on your device|this video (?:can ?not|can't) be played|"
    r"your browser does not support.{0,60}|"
    r"javascript is (?:required|disabled).{0,60}|please enable (?:javascript|cookies).{0,80}|can.t see the video\?)",
    r"(?:interested in .{2,60}\?|add .{2,60} as an interest to .{0,160}|add interest)",
    # Notices
    r"(?:copyright|\(c\)|©|all rights reserved).{0,220}",
    r".{0,80}(?:©|all rights reserved)\.?.{0,100}",
    r"(?:this|the) (?:material|article|content|story|website) may not be (?:published|reproduced|republished).{0,160}",
    r"this is a (?:developing|breaking|rolling)(?: news)? (?:story|report).{0,160}",
    r"(?:this|the) (?:story|article|post|report|page|piece|column|live ?blog) (?:has been|was|is being|will be) "
    r"(?:last |first |originally |also )?(?:updated|corrected|amended|edited|published|clarified)\b.{0,200}",
    r"(?:last |first )?(?:updated|published|posted|modified)(?: (?:on|at))?:? ?(?:.{0,10}\d.{0,60}|just now|"
    r"today.{0,20})",
    r"this article is more than \d+ (?:years?|months?) old",
    r"\d+ min(?:ute)?s? read",
    r"this site is protected by recaptcha.{0,120}",
    r"(?:we|this (?:site|website)) uses? cookies.{0,200}",
    r"(?:(?:manage|accept|reject|cookie|privacy)(?: all)? (?:cookies?|policy|preferences|settings|notice)|"
    r"terms of (?:use|service)|"
    r"privacy policy|contact us|about us|accept|i agree)",
    r"(?:design a site like this with|powered by|proudly powered by|built with|blog at|theme:|"
    r"create a free website with) .{2,60}",
    r"(?:send|email|e-mail|submit|got) (?:us )?(?:a |your |any |news )?(?:tips?|corrections?|feedback|"
    r"a news tip)\b.{0,120}",
    r"(?:contact|write to|email|e-mail|reach|follow) .{3,80}(?:@\S+|at \S+@\S+)\.?",
    r"have (?:a|you got a) (?:news )?tip\?.{0,100}",
    r"(?:the )?opinions expressed (?:by|in|here).{0,160}",
    r"(?:the )?views expressed (?:by|in|here).{0,160}",
    r"(?:editor'?s note|correction|clarification|disclaimer):.{0,260}",
    r"not real news:.{0,10}",
    # Credits of the text
    r"(?:additional |with )?(?:reporting|writing|editing|report|contributing|compiled|photos?|"
    r"graphics?)(?: and (?:writing|editing|reporting))? "
    r"(?:by|from|contributed by)\b.{2,220}",
    r"\(?(?:additional |with )?(?:reporting|writing|editing|compiled) (?:and (?:writing|editing) )?by\b.{2,220}",
    r"contribut(?:ing|ors?):.{2,160}",
    r".{2,200}\bcontributed (?:to|reporting)(?: (?:to|for|from))?(?: (?:this|the) (?:story|report|article|piece|"
    r"post|dispatch))?(?: from .{2,40})?",
    r"(?:with |- ?|— ?|– ?)*(?:the )?(?:associated press|ap|reuters|afp|post wires|wire services?|agencies|wires|"
    r"staff and agencies)",
    r"(?:ANALYSIS/OPINION|ANALYSIS|OPINION|COMMENTARY|EDITORIAL|EXCLUSIVE|BREAKING(?: NEWS)?|WATCH|CLOSE|AD)",
]
BOILERPLATE = re.compile(r"[\s\W_]*(?:" + "|".join(_BOILERPLATE) + r")[\s.!:»>→…|*_)\"'-]*", re.IGNORECASE | re.DOTALL)
# Read with case: "by" and names in capitals are what makes a byline.
BYLINE = re.compile(
    r"(?:[Bb]y|BY) (?:[A-Z][\w.'’-]+(?:,? |,?$)|and |de |van |von |al ){1,8}(?:(?:for|in|at|,|\||[A-Z]).{2,60})?"
    r"|[-–—]{1,2} ?(?:[A-Z][\w.'’-]+(?:,? |,?$)|and ){2,7}"
    r"|(?:[A-Z][\w.'’-]+ ){1,3}[A-Z][\w.'’-]+(?:, (?:[A-Z][\w.'’-]+ ){1,2}[A-Z][\w.'’-]+)*,? and "
    r"(?:[A-Z][\w.'’-]+ ){1,2}[A-Z][\w.'’-]+"
)

CREDIT = re.compile(
    r"(?:.{0,120}(?:/ ?|via |by |courtesy of |© ?|copyright |credit:? ?|\| ?|from )" + _AGENCIES + r"[\s.)\]]*"
    r"|(?:photo(?:graph)?|image|picture|credit|illustration|video)s?(?: ?credit| copyright| courtesy|"
    r" source)?(?: by|:| of|/) ?.{2,120}"
    r"|(?:Photo|Image|Picture|Photograph|Credit)(?:s|graph)?(?: by|: ).{2,120}"
    r"|(?:Image|Photo) (?:copyright|source|credit|courtesy).{2,120}"
    r"|\(?(?:AP|EPA|AFP|REUTERS|Reuters) (?:Photo|PHOTO|File)(?:/| ).{2,80}"
    r"|" + _AGENCIES + r"(?: ?/ ?[\w. ]{2,40})?[.)]*)"
)
"""A sentence or paragraph that says only where a picture is from."""

CREDIT_AT_END = re.compile(
    r".*(?:\((?:AP|EPA|AFP|REUTERS|Reuters)?[\s]*(?:Photo|PHOTO|Photograph|Image|Picture|Credit|File)s?(?: by|:|"
    r"/).{2,90}\)"
    r"|\((?:[^()]{0,60}/ ?|[^()]{0,40}via )?" + _AGENCIES + r"(?: ?/ ?[^()]{2,40}| via [^()]{2,30})?\)"
    r"|[ .](?:[A-Z][\w.'’-]+ ){1,5}?(?:/ ?|via |for )" + _AGENCIES + r"(?:/" + _AGENCIES + r")?"
    r"|(?:/|via |©) ?" + _AGENCIES + r"(?: [\w ]{2,20})?"
    r"|Photograph: .{2,80})[\s.]*",
    re.DOTALL,
)
"""A paragraph that ends in a picture's credit: what stands before it is the caption."""

CAPTION_START = re.compile(
    r"[\s(\[]*(?:FILE PHOTO|FILE ?[-–—:]|File photo|File[-–—:]|PHOTO:|Photo:|Pictured|PICTURED|Image:|IMAGE:|Above:|"
    r"In this (?:\w+\.? \d{1,2}, \d{4},?|"
    r"(?:file )?(?:photo|image|frame)|undated (?:photo|image)|(?:\w+ ){1,3}(?:photo|image|frame grab))"
    r"|Enlarge this image|Image (?:copyright|caption|source)|Media caption|Media playback is (?:un|not )supported|"
    r"toggle caption|Slideshow \(|Play video|Video caption)"
)
"""How a caption begins."""
