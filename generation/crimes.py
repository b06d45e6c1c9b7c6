"""Which goals are plainly criminal: refused before a model is asked. Pure.

Only what nobody says with a good aim. Most words of crime are also those of trades, games and
defence (“break into account management”, “make a bomb in Unity”); what is less plain goes to the
model, which judges every goal. So a goal must name somebody's thing (“a house”, not “house music”)
and end with it, or go on about the deed.
"""

from __future__ import annotations

import re

# Said by those who defend, study or invent.
_DEFENCE = re.compile(
    r"prevent|protect|defen[cds]|against|stop|secur|avoid|(?<!un)(?<!being )(?<!getting )detect|"
    r"history|novel|fiction|film|movie|game|story|aware|forensic|ethical|pen(etration)?[ -]?test|"
    r"\bctf\b|capture the flag|\bwith permission|\b(my|our|your) own\b|locked out|\bwhy\b|attacker|"
    r"hackers|criminal|burglar|thie(f|ves)|scammer|防|安全|历史|歷史|小说|小說|游戏|遊戲|电影|電影|"
    r"黑客|駭客|骗子|诈骗|渗透测试|授权|靶场",
    re.IGNORECASE,
)

_PERSON = (
    r"((my|your|the|an?) )?(neighbou?r|girlfriend|boyfriend|wife|husband|partner|ex|friend|boss|"
    r"colleague|co-?worker|classmate|teacher|roommate|flatmate|landlord|mother|father|mom|mum|dad|"
    r"brother|sister|parent|daughter|son)"
)
_OTHERS = (
    r"((some|any)(one|body)( else)?('s)?|another( person)?('s)?|((other|random) )?people('s)?|"
    rf"{_PERSON}s?('s|')?|his|her|their)"
)
# “someone's old Instagram account”
_SORT = r"((?!(of|and|or|in|for|to)\b)[\w'-]+ ){0,2}"
_THING = (
    "(house|home|flat|apartment|building|garage|car|vehicle|safe|phone|iphone|smartphone|computer|"
    "laptop|account|e-?mail|wi-?fi)s?"
)
_SITE = "(website|server|network|webcam|whatsapp|instagram|facebook|snapchat|gmail|icloud)s?"
_LOOT = (
    r"(passwords?|identit(y|ies)|credit cards?|((credit|debit|bank) )?card (data|details|numbers?)|"
    r"bank (accounts?|details|data|logins?)|(login )?credentials)"
)
_BOMB = (
    r"((home-?made|pipe|nail|car|dirty|petrol|fertili[sz]er|letter|suicide|real) )?"
    r"(bombs?|explosives|explosive devices?|molotov cocktails?)"
)
_DRUG = "((crystal )?meth|methamphetamine|heroin|nerve gas|sarin|ricin|napalm)"
# Malware steals, too, and how it does may be studied: so stealing must be what the learner wants.
_WANTED = (
    r"((^|[.!?]\s)\W*|\b(how (to|do i|do you|can i)|learn(ing)? to|teach me to|help me( to)?|"
    r"(^|(i|we|i'd|i'm|i am) ([a-z]+ ){0,2})(want|need|like|going|plan|try|trying) to) )"
    r"([a-z]+ly )?"
    r"((build|clone|code|create|hack(ing)?|install|make|phish(ing)?|program|send|set up|use|write)"
    r"( (?!(how|that|which|who|trying|used|built|made|written|designed|meant)\b)[\w'-]+){1,8}"
    r" (and|then|to) )?"
)
# "Rob a bank in GTA Online". A phone may be broken into for its game account, so only of robbing.
_PLAYED = re.compile(
    r"\b(gta|grand theft auto|payday|roblox|minecraft|fortnite|jailbreak|skyrim|cyberpunk|the sims|"
    r"red dead|monopoly|d&d|dungeons|rpg|simulator|speed-?run|screenplay|comic|cartoon|anime)\b",
    re.IGNORECASE,
)
_END = r"\W*$| ?[?!.;](\s|$)"
_DEED = (
    rf"(?={_END}|,? (and |then ){{0,2}}(steal|take|rob|read|get|spy)\b| (with|without|using|by|via|"
    r"through|from|while|when|if|at|on|in|to|after|during|remotely|quietly|silently|secretly|"
    r"unnoticed|undetected|quickly|online)(\s|\W*$))"
)
_ARMED = (
    rf"(?={_END}| at home\b| from scratch\b| (with|from|out of|using) (household|kitchen|cleaning|"
    r"fertili|chemical|gunpowder|nails)| (to|that) (kill|hurt|harm|attack|blow)\b)"
)

_THEIRS_ZH = "(别人|別人|他人|邻居|鄰居|同事|同学|同學|前任|前?[男女]友|老板|老闆|妻子|丈夫)的?"
_THING_ZH = (
    "(家|房|住宅|屋|车|車|电脑|電腦|手机|手機|系统|系統|[账帐帳][号户號戶]|[邮郵]箱|网络|網路|微信|"
    "密[码碼]|[银銀]行卡|信用卡)"
)
_END_ZH = r"(?=$|[，。？！?!\s]|[里裡中内內子]|的?(方法|办法|步骤|教程|技巧|号码|信息|配方))"

_CRIMES = re.compile(
    rf"\b(break|hack|sneak)(ing)? (into|in to) ({_OTHERS}|an?|the) {_SORT}{_THING}{_DEED}"
    rf"|\b(break|hack|sneak)(ing)? (into|in to) {_OTHERS} {_SORT}{_SITE}{_DEED}"
    rf"|\b(hack(ing)?|crack(ing)?|burgl(e|ing)|spy(ing)? on) {_OTHERS} {_SORT}({_THING}|{_SITE})"
    rf"{_DEED}"
    rf"|{_WANTED}(steal(ing)?|phish(ing for)?) ((?!like\b)[\w'-]+ ){{0,3}}{_LOOT}{_DEED}"
    rf"|\b(build(ing)?|mak(e|ing)|construct(ing)?) ((an?|some) )?{_BOMB}{_ARMED}"
    rf"|\b(cook(ing)?|mak(e|ing)|synthesi[sz](e|ing)|produc(e|ing)) {_DRUG}{_ARMED}"
    rf"|([潜潛]入|[闯闖]入|入侵|撬[开開]|溜[进進]|黑[进進]|破解){_THEIRS_ZH}"
    rf"[^，。]{{0,6}}{_THING_ZH}{_END_ZH}"
    rf"|([盗盜窃竊偷骗騙]取|[盗盜]用)[^，。]{{0,10}}{_THING_ZH}{_END_ZH}"
    rf"|(制作|製作|制造|製造|自制|自製|怎[么麼]做|如何做|合成)"
    rf"(一[个個枚颗顆])?(土制|定时)?(炸[弹彈药藥]|毒品|冰毒){_END_ZH}",
    re.IGNORECASE,
)


_ROBBERY = re.compile(
    rf"\brob(bing)? ({_OTHERS}|an?|the) (house|home|bank|shop|store){_DEED}", re.IGNORECASE
)


def is_plainly_criminal(goal: str) -> bool:
    if _DEFENCE.search(goal):
        return False
    said = goal.replace("’", "'")
    return bool(_CRIMES.search(said) or (_ROBBERY.search(said) and not _PLAYED.search(said)))
