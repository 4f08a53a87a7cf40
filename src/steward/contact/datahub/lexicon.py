"""How columns of other systems are often called, to suggest what each is. Only a suggestion: a person confirms it."""

from __future__ import annotations

from collections.abc import Sequence

YES = ("true", "yes", "1", "y", "是")
NO = ("false", "no", "0", "n", "否")
NAMES: dict[str, tuple[str, ...]] = {
    "key": (
        "编号",
        "工单编号",
        "工单号",
        "单号",
        "案件编号",
        "number",
        "id",
        "case id",
        "ticket id",
        "unique key",
        "complaint id",
        "case number",
    ),
    "title": ("标题", "主题", "事项", "title", "subject", "issue", "short description", "complaint type"),
    "body": ("内容", "描述", "详情", "诉求内容", "投诉内容", "description", "body", "details", "narrative"),
    "kind": ("类型", "工单类型", "诉求类型", "kind", "type"),
    "channel": ("渠道", "来源", "受理渠道", "channel", "submitted via", "contact type", "source"),
    "priority": ("优先级", "紧急程度", "priority", "urgency"),
    "state": ("状态", "工单状态", "办理状态", "state", "status", "incident_state"),
    "opened_at": (
        "受理时间",
        "收到时间",
        "创建时间",
        "收到",
        "开始时间",
        "opened",
        "opened at",
        "created",
        "created date",
        "date received",
    ),
    "closed_at": ("办结时间", "关闭时间", "完成时间", "办结", "closed", "closed at", "closed date", "resolved at"),
    "resolution": ("处理结果", "结论", "resolution", "outcome"),
    "answer": ("答复", "答复内容", "回复内容", "answer", "reply", "response"),
    "answered_at": ("答复时间", "回复时间", "answered at", "first response at"),
    "unit": ("单位", "网点", "部门", "门店", "科室", "unit", "branch", "department", "agency"),
    "service": ("服务", "业务", "服务项目", "service", "product"),
    "category": ("分类", "类别", "category"),
    "assignee": ("处理人", "经办人", "负责人", "assignee", "assigned to", "agent", "owner"),
    "person_number": ("客户号", "客户编号", "会员号", "customer number", "customer id", "caller_id"),
    "person_name": ("姓名", "客户姓名", "客户", "联系人", "name", "customer", "customer name"),
    "phone": ("电话", "手机", "联系电话", "手机号", "phone", "mobile", "telephone"),
    "email": ("邮箱", "电子邮箱", "邮件", "email", "e-mail", "mail"),
}


def suggest(header: Sequence[str]) -> dict[str, str]:
    """A column for each field whose usual names it bears; no column twice."""
    found: dict[str, str] = {}
    folded = {name.strip().casefold().replace("_", " "): name for name in reversed(header)}
    for field, names in NAMES.items():
        for name in names:
            column = folded.get(name.replace("_", " "))
            if column and column not in found.values():
                found[field] = column
                break
    return found
