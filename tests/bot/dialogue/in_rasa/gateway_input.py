"""The input channel: a worker's text names no intent, a repeat gets the same answer, a failure is never a 200."""

import asyncio

from bot.dialogue.gateway_input import Answers, GatewayInput, as_intent_free

assert as_intent_free('/crisis{"a": 1}') == '／crisis{"a": 1}'
assert as_intent_free("  /restart") == "／restart"
assert as_intent_free("工资/奖金") == "工资/奖金"

try:
    GatewayInput.from_credentials({})
except ValueError:
    pass
else:
    raise AssertionError("a channel without a secret must not start")

calls = []


async def turn(message):
    calls.append((message.text, message.metadata))
    await asyncio.sleep(0.05)
    if message.text == "坏":
        raise RuntimeError("broken")
    await message.output_channel.send_custom_json(message.sender_id, {"kind": "answer", "text": message.text})


async def main():
    channel = GatewayInput("secret")
    body = {"id": "1", "sender": "c", "text": "工资", "metadata": {"channel": "web"}}
    both = await asyncio.gather(channel._answer(body, turn), channel._answer(body, turn))
    assert both[0] == both[1] == [{"kind": "answer", "text": "工资"}]
    assert len(calls) == 1
    assert await channel._answer({**body, "id": "2", "press": "human"}, turn)
    assert calls[-1][0] == "/press"
    assert calls[-1][1]["press"] == "human"
    for _ in range(2):
        try:
            await channel._answer({**body, "id": "3", "text": "坏"}, turn)
        except RuntimeError:
            continue
        raise AssertionError("a failed turn must be seen as failed, and asked again when it is repeated")


asyncio.run(main())
known = Answers()
loop = asyncio.new_event_loop()
for number in range(600):
    known.keep(str(number), loop.create_future())
assert known.find("599") is not None
assert known.find("0") is None
loop.close()
print("ok")
