"""Words that need no model: the menu, a ticket's number, 登记, 更多. They win over whatever the sentence is near to."""

from __future__ import annotations

import re
from dataclasses import replace

from actions import moods, privacy, script, sms_code
from actions.answer import ticket_for
from actions.chat import MENU, MORE, chat
from actions.fallback import PERSON
from actions.follow import more, next_best
from actions.forms import asked_sum, own_ticket, remind, ticket
from actions.human import human
from actions.press import press
from actions.status import left_off, status
from actions.turn import Outcome, Turn, Verb, World, say
from bot import replies
from bot.messages import Outgoing

MENU_WORDS = re.compile(r"^(?:菜单|主菜单|目录|选项|帮助|menu)$", re.IGNORECASE)
NOT_THIS_WORDS = re.compile(
    r"^(?:还是)?(?:不对|不是|都不是|答非所问|不是我?(?:问|要)的|不是这个(?:意思|问题)?)(?:的|啊|呀)?$"
)
GREETING_WORDS = re.compile(
    r"^(?:你好|您好|在吗|在不在|有人吗|哈喽|喂|hi|hello|早上好|下午好|晚上好|再见|拜拜|bye)$",
    re.IGNORECASE,
)
TOPIC_WORDS = {  # a topic's bare name is a press on its button, not a question
    **dict.fromkeys(("工资", "欠薪", "拖欠工资", "讨薪"), "ask:wages"),
    **dict.fromkeys(("工伤", "受伤", "受伤了"), "ask:injury"),
    **dict.fromkeys(("合同", "劳动合同"), "ask:contract"),
    **dict.fromkeys(("社保", "五险一金", "公积金"), "ask:insurance"),
    **dict.fromkeys(("辞退", "被辞退", "裁员", "离职"), "ask:termination"),
    **dict.fromkeys(("加班", "休假", "年假"), "ask:hours"),
    **dict.fromkeys(("仲裁", "打官司"), "ask:dispute"),
    **dict.fromkeys(("怀孕", "产假"), "ask:women"),
}
TITLES = {**TOPIC_WORDS, **{button.title: button.payload for button in (*MENU, *MORE)}}
EMPTY_WORDS = re.compile(r"^(?:嗯+|哦+|噢+|额|呃|啊+|[\d\W]{0,3})$")  # nothing that could be understood
LEFT_OFF_WORDS = re.compile(
    r"^(?:刚才|刚刚|之前|上次)?(?:我们|咱们)?(?:说|讲|聊|谈)到(?:哪儿?|哪里|哪一步|什么地方)(?:了|啦)?[呢啊呀吗]?$"
    r"|^(?:你们|刚才)?(?:的|那个|那位)?(?:人工|客服|接线员|坐席|工会的?(?:同事|同志))(?:刚才)?(?:是)?(?:怎么|咋)"
    r"(?:说|讲|答复|交代)的?[呢啊呀]?$"
)
MORE_WORDS = re.compile(r"^(?:更多|下一页|继续|还有呢|接着说)$")
_TICKET = r"工单(?!位)"  # not the middle of 用工单位, 施工单位
STATUS_WORDS = re.compile(rf"{_TICKET}|20\d{{6}}\D?\d{{4,6}}\D?\d(?!\d)")
_UNDO = r"(?:撤回|撤销|取消|不要了|不办了)"
WITHDRAW_WORDS = re.compile(
    rf"{_UNDO}(?:我的|这个|那个)?(?:{_TICKET}|登记|求助)|^{_UNDO}\s*20\d{{6}}|{_TICKET}.{{0,22}}{_UNDO}|^登记{_UNDO}"
)
ADD_WORDS = re.compile(
    r"^(?:我要)?补充(?:一下|情况|材料|一点)?$|^(?:我要)?补充\s*20\d{6}|{_TICKET}.{0,22}(?:补充|追加)"
)
RATE_WORDS = re.compile(
    rf"^(?:我要|给你们)?(?:打分|评分|打个分)$|^(?:打分|评分|评价)\s*20\d{{6}}|{_TICKET}.{{0,22}}(?:打分|评分|评价)"
)
HUMAN_WORDS = re.compile(r"^(?:我要|我想|请|帮我)?(?:转|找|接|要)?(?:人工|真人|活人)(?:客服|服务|坐席)?$|^转12351$")
REMIND_STOP_WORDS = re.compile(r"^(?:不用|不要|别)(?:再)?提醒(?:我)?(?:了|啦)?$|^(?:取消|停止|关掉|关闭)提醒$")
REMIND_WORDS = re.compile(
    r"^(?:请|麻烦|要|帮我)?(?:到(?:日子|时候|期)?前?|快到(?:期|日子)时?)?提醒(?:我|一下我?)(?:一下)?$"
)
CLEAR_WORDS = re.compile(r"^清空(?:对话|聊天|记录|聊天记录|对话记录)$")
LEAVE_WORDS = re.compile(r"^(?:快速|马上|立刻)离开$")
PRIVACY_WORDS = re.compile(r"^(?:导出|删除|删掉)我的(?:信息|资料|数据|记录)$|^撤回(?:我的)?同意$|^确认删除$")
REGISTER_WORDS = re.compile(r"^(?:我要|帮我|我想)?登记(?:求助|一下)?$")
# In the order in which they are asked; a word that ends whatever was under way stands in ENDING.
WORDS: tuple[tuple[re.Pattern[str], Verb], ...] = (
    (CLEAR_WORDS, privacy.clear),
    (LEAVE_WORDS, privacy.leave),
    (PRIVACY_WORDS, privacy.privacy),
    (HUMAN_WORDS, human),
    (LEFT_OFF_WORDS, left_off),
    (REMIND_STOP_WORDS, remind.stop),
    (REMIND_WORDS, remind.begin),
    (script.TRADITIONAL_WORDS, script.use_traditional),
    (script.SIMPLIFIED_WORDS, script.use_simplified),
)
TICKET_WORDS: tuple[tuple[re.Pattern[str], Verb], ...] = (
    (WITHDRAW_WORDS, own_ticket.withdraw),
    (ADD_WORDS, own_ticket.add),
    (RATE_WORDS, own_ticket.rate),
    (STATUS_WORDS, status),
)
ENDING: tuple[Verb, ...] = (
    *(privacy.clear, privacy.leave, remind.begin, own_ticket.withdraw, own_ticket.add, own_ticket.rate),
)


def menu(_turn: Turn, _world: World) -> Outcome:
    return say(Outgoing(kind="info", text=replies.MENU, topic="chitchat", buttons=(*MENU, PERSON)))


def register(turn: Turn, world: World) -> Outcome:
    """The form of the card just shown, or of no category yet."""
    card = world.knowledge().base.find_card(turn.talk.card, region=turn.region, on=turn.today)
    return ticket.begin(turn, world, (ticket_for(card) if card else None) or "T-OTHER")


def as_pressed(turn: Turn, world: World) -> Outcome:
    """Who types the title of a button of the menu means the button."""
    return press(replace(turn, press=TITLES[turn.text.strip("。！!，, ？?")]), world)


def _mood(turn: Turn, said: str) -> Verb | None:
    """What is no question, when nothing else is under way."""
    if moods.is_command(said):
        return moods.command
    if moods.is_sigh(said):
        return moods.sigh
    if moods.is_scolding(said):
        return moods.scolded
    return moods.bare_fact if moods.is_bare_fact(turn) else None


def verb_for(turn: Turn) -> Verb | None:
    """The verb that the words themselves name, or None."""
    said = turn.text.strip("。！!，, ？?")
    if turn.press or not turn.text.strip():
        return None
    is_idle = turn.talk.form is None and not turn.talk.caring  # after danger even 嗯 and 再见 are answered with care
    if is_idle and GREETING_WORDS.match(said):
        return chat
    if is_idle and turn.stores and said in TITLES:
        return as_pressed
    if is_idle and EMPTY_WORDS.match(said):
        return menu
    if sms_code.is_answer(turn):
        return status
    if not turn.talk.caring and asked_sum.is_asked(turn):
        return asked_sum.begin
    if is_idle:
        felt = _mood(turn, said)
        if felt is not None:
            return felt
    if NOT_THIS_WORDS.match(said) and turn.talk.card and turn.talk.form is None:
        return next_best
    for words, verb in WORDS:
        if words.search(said):
            return verb
    if MENU_WORDS.match(said):
        return menu
    if MORE_WORDS.match(said) and turn.talk.card:
        return more
    if REGISTER_WORDS.match(said):
        return register
    return next((verb for words, verb in TICKET_WORDS if words.search(said)), None)
