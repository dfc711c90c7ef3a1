"""A task that does nothing, for Celery on Redis; it notes when it was sent and when it began in a file of its process."""

import os
import struct
import sys
import time

from celery import Celery

app = Celery("noop", broker=os.environ["NOOP_BROKER"])
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=4, broker_connection_retry_on_startup=True)
notes = {}


@app.task(name="noop")
def noop(sent):
    began = time.time()
    pid = os.getpid()
    if pid not in notes:
        notes[pid] = os.open(os.path.join(os.environ["NOOP_NOTES"], str(pid)), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(notes[pid], struct.pack("<dd", sent, began))


if __name__ == "__main__":
    count, rate = int(sys.argv[1]), float(sys.argv[2])
    first = time.time()
    for i in range(count):
        if rate:
            wait = first + i / rate - time.time()
            if wait > 0:
                time.sleep(wait)
        noop.delay(time.time())
    print(first)
