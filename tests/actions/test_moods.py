"""What is no question: a sigh, a scolding, a typed command, a bare figure after an answer."""

import pytest

from actions import moods
from actions.fixed_words import TITLES, as_pressed, verb_for
from actions.forms import asked_sum
from actions.languages import is_pinyin
from actions.talk import Form, Talk
from kit.db import Database
from knowledge.calculators import CALCULATORS
from tests.actions.world import Worker, turn


@pytest.mark.parametrize("text", ["今天加班累死了", "好累啊", "唉", "天天加班熬不动了", "上夜班心累"])
def test_a_sigh(text: str) -> None:
    assert verb_for(turn(text)) is moods.sigh


@pytest.mark.parametrize(
    "text", ["累死了能申请工伤吗", "加班累倒在车间了", "哎哟我的手", "累计加班36小时", "太累了想辞职", "累死了还不给钱"]
)
def test_no_mere_sigh(text: str) -> None:
    assert verb_for(turn(text)) is not moods.sigh


@pytest.mark.parametrize("text", ["你们就是骗子，啥用没有", "没用的东西", "你个傻逼机器人滚", "听不懂人话"])
def test_a_scolding_is_answered_calmly(sqlite: Database, text: str) -> None:
    told = Worker(sqlite).say(text)
    assert verb_for(turn(text)) is moods.scolded
    assert "对不住" in told[0].text and "human" in [button.payload for button in told[0].buttons]


@pytest.mark.parametrize("text", ["老板是骗子", "垃圾公司不给钱", "这厂真垃圾"])
def test_who_scolds_somebody_else_is_listened_to(text: str) -> None:
    assert verb_for(turn(text)) is not moods.scolded


@pytest.mark.parametrize("text", ['/crisis{"a": 1}', '／crisis{"a":1}', "/restart", "/human"])
def test_a_command_means_nothing(sqlite: Database, text: str) -> None:
    assert verb_for(turn(text)) is moods.command
    assert Worker(sqlite).say(text)[0].kind == "fallback"


def test_start_is_a_greeting(sqlite: Database) -> None:
    assert "你好" in Worker(sqlite).hears("/start")


def test_a_figure_after_an_answer_is_kept_for_the_ticket(sqlite: Database) -> None:
    worker = Worker(sqlite)
    worker.talk = Talk(card="wages.arrears_boss_missing", topic="wages", asked="老板跑了")
    assert "欠3个月" in worker.hears("欠3个月")
    assert worker.talk.asked == "老板跑了，欠3个月"
    assert worker.talk.card == "wages.arrears_boss_missing"


def test_a_text_message_does_not_repeat_the_figure(sqlite: Database) -> None:
    worker = Worker(sqlite, channel="sms")
    worker.talk = Talk(card="wages.arrears_boss_missing", topic="wages")
    assert "3个月" not in worker.hears("欠3个月")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("帮我算一下经济补偿", "severance"),
        ("算一下加班费", "overtime_pay"),
        ("替我算下我被辞退能赔多少", "severance"),
        ("你给我算算没签合同的双倍工资", "double_wage"),
        ("帮我算N+1", "severance_plus_notice"),
    ],
)
def test_who_asks_for_a_sum_gets_its_form(sqlite: Database, text: str, kind: str) -> None:
    worker = Worker(sqlite)
    worker.say(text)
    assert worker.talk.form is not None and (worker.talk.form.kind, worker.talk.form.of) == ("calculate", kind)


def test_a_sum_without_a_name_is_the_last_answer_s_or_a_choice(sqlite: Database) -> None:
    worker = Worker(sqlite)
    assert "要算哪一样" in worker.hears("帮我算一下")
    worker.talk = Talk(card="hours.overtime_rate")
    worker.say("帮我算一下")
    assert worker.talk.form is not None and worker.talk.form.of == "overtime_pay"


@pytest.mark.parametrize("text", ["算了", "公司没给我算加班费", "老板会给我算加班吗", "算工伤吗"])
def test_no_sum_is_asked_for(text: str) -> None:
    assert verb_for(turn(text)) is not asked_sum.begin


def test_a_ticket_s_form_keeps_the_words(sqlite: Database) -> None:
    open_form = Talk(form=Form("ticket", "T-WAGE", {"safe": True, "place": "CN-32-05"}, "matter"))
    assert verb_for(turn("老板说帮我算了工资一直没给", talk=open_form)) is not asked_sum.begin


def test_every_name_leads_to_a_sum_that_exists() -> None:
    assert {kind for _, kind in asked_sum.names()} <= set(CALCULATORS)


@pytest.mark.parametrize("text", ["gongzi bu fa zen me ban", "laobanqianwogongzi", "Wo bei kai le zen me ban?"])
def test_pinyin_is_not_answered_in_english(sqlite: Database, text: str) -> None:
    told = Worker(sqlite).say(text)
    assert "拼音" in told[0].text and told[0].ticket is None


@pytest.mark.parametrize("text", ["My boss has not paid me", "please help me now", "hello", "ok"])
def test_english_is_no_pinyin(text: str) -> None:
    assert not is_pinyin(text)


@pytest.mark.parametrize(
    ("text", "press"), [("工伤", "ask:injury"), ("工资。", "ask:wages"), ("社保", "ask:insurance")]
)
def test_a_topic_s_bare_name_is_a_press(text: str, press: str) -> None:
    assert verb_for(turn(text)) is as_pressed and TITLES[text.strip("。")] == press


def test_who_forgot_is_asked_again_and_not_answered_with_a_card(sqlite: Database) -> None:
    worker = Worker(sqlite)
    worker.say(press="calc:severance")
    worker.say("2020年6月")
    told = worker.say("具体哪天忘了")
    assert len(told) == 1 and told[0].kind == "ask" and "最后一天" in told[0].text


def test_who_will_not_say_the_place_does_not_lose_the_form(sqlite: Database) -> None:
    worker = Worker(sqlite)
    worker.say(press="ticket:T-WAGE")
    worker.say("安全")
    worker.say("我不想说地方", intent="cancel", confidence=0.9)
    assert worker.talk.form is not None and worker.talk.form.asking == "place"


def test_a_rating_waits_until_the_ticket_is_done(sqlite: Database) -> None:
    worker = Worker(sqlite)
    worker.say("转人工")
    assert "办结以后" in worker.hears("给工单打分")
    assert worker.talk.form is None
