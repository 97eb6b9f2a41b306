"""The assistant: what a person asks of the own money, answered from the books, or handed on.

One answer serves SMS, pages and kiosk: `answering.answer_for` finds it, `wording` says it. Nothing
is guessed: what is not understood goes to somebody who can listen. Nothing here writes but
`by_sms`, which queues its answer.
"""
