"""django-tasks' way in: `@task` functions, ours or a library's, become jobs with the same lease, retries and lanes.

TASKS = {"default": {"BACKEND": "steward.ground.jobs.backend.JobBackend", "QUEUES": ["default", "clock", "heavy"]}}
"""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.signals import task_enqueued
from django_tasks.utils import normalize_json

from steward.ground import clock

from .jobs import call_task
from .models import Job
from .operations import enqueue
from .registry import LANES

STATUS = {
    Job.State.QUEUED: TaskResultStatus.READY,
    Job.State.RUNNING: TaskResultStatus.RUNNING,
    Job.State.DONE: TaskResultStatus.SUCCESSFUL,
    Job.State.FAILED: TaskResultStatus.FAILED,
    Job.State.CANCELLED: TaskResultStatus.FAILED,
}


class JobBackend(BaseTaskBackend):
    supports_defer = True
    supports_async_task = True
    supports_get_result = True
    supports_priority = False

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        self.validate_task(task)
        lane = next((known for known in LANES if known == task.queue_name), LANES[0])
        values = {"path": task.module_path, "args": normalize_json(list(args)), "kwargs": normalize_json(dict(kwargs))}
        row = enqueue(call_task, args=values, at=clock.now(), run_after=task.run_after, lane=lane)
        result = self._result(row, task)
        task_enqueued.send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> TaskResult[Any]:
        row = Job.objects.filter(public_id=result_id, name=call_task.name).first()
        if row is None:
            raise TaskResultDoesNotExist(result_id)
        return self._result(row, import_string(row.args["path"]))

    def _result(self, row: Job, task: Task[Any, Any]) -> TaskResult[Any]:
        errors = [TaskError(exception_class_path="builtins.RuntimeError", traceback=row.error)] if row.error else []
        result: TaskResult[Any] = TaskResult(
            task=task,
            id=str(row.public_id),
            status=STATUS[Job.State(row.state)],
            enqueued_at=row.queued_at,
            started_at=row.started_at,
            last_attempted_at=row.started_at,
            finished_at=row.finished_at,
            args=row.args["args"],
            kwargs=row.args["kwargs"],
            backend=self.alias,
            errors=errors,
            worker_ids=[row.worker] if row.worker else [],
        )
        object.__setattr__(result, "_return_value", row.result)
        return result
