import os

from celery import Celery

app = Celery("celery_app", broker=os.environ["BROKER"], backend=os.environ["BROKER"])


@app.task(name="add")
def add(left, right):
    return left + right


if __name__ == "__main__":
    print(add.delay(2, 3).get(timeout=20))
