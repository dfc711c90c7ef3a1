"""A task that does nothing, for Celery on Redis; it notes when it was due, was sent and began in a file of its process.

As a program it sends such tasks: it says "ready" once it is connected, then reads lines with how many to send, how many a second
(0: as fast as it can), its number, how many programs send with it, and when to begin in seconds since 1970; it says "sent" after each.
"""

import os
import struct
import sys
import time

from celery import Celery

app = Celery("noop", broker=os.environ["NOOP_BROKER"])
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=4, broker_connection_retry_on_startup=True)
notes = {}


@app.task(name="noop")
def noop(due, sent):
    began = time.time()
    if not sent:  # it was to connect only
        return
    pid = os.getpid()
    if pid not in notes:
        notes[pid] = os.open(os.path.join(os.environ["NOOP_NOTES"], str(pid)), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(notes[pid], struct.pack("<ddd", due, sent, began))


def send(count, rate, number, senders, begin):
    for i in range(number, count, senders):
        due = begin + i / rate if rate else begin
        wait = due - time.time()
        if wait > 0:
            time.sleep(wait)
        sent = time.time()
        noop.delay(due if rate else sent, sent)


if __name__ == "__main__":
    noop.delay(0, 0)
    print("ready", flush=True)
    for line in sys.stdin:
        count, rate, number, senders, begin = line.split()
        send(int(count), float(rate), int(number), int(senders), float(begin))
        print("sent", flush=True)
