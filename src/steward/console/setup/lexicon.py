"""The words people type: names of columns, kinds of units, roles. Each list may be written in Chinese or English."""

from __future__ import annotations

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "名字", "员工姓名", "name", "full name"),
    "username": ("登录名", "登陆名", "用户名", "账号", "帐号", "sign-in name", "sign in name", "username", "user name", "login"),
    "unit": ("机构", "部门", "单位", "所在机构", "所在部门", "网点", "门店", "班组", "unit", "department", "team", "branch"),
    "role": ("角色", "岗位", "权限角色", "role"),
    "email": ("邮箱", "电子邮件", "电子邮箱", "邮件", "e-mail", "email", "mail"),
    "ended": ("最后工作日", "离职日期", "离职日", "last day", "end date"),
}
KINDS: dict[str, tuple[str, ...]] = {
    "region": ("区域", "大区", "片区", "region", "area"),
    "branch": ("网点", "分支机构", "门店", "分店", "branch", "site", "store"),
    "department": ("部门", "科室", "department"),
    "team": ("班组", "小组", "团队", "team", "group"),
}
ROLES: dict[str, tuple[str, ...]] = {
    "front_line": ("一线员工", "一线", "员工", "front line", "front-line", "front-line staff", "staff"),
    "supervisor": ("服务主管", "主管", "班长", "service supervisor", "supervisor", "team lead"),
    "quality_reviewer": ("质检员", "质检", "quality reviewer", "quality"),
    "manager": ("服务经理", "经理", "service manager", "manager"),
    "administrator": ("管理员", "系统管理员", "administrator", "admin"),
}
# The sample to download: header, then people who say what each column is for.
SAMPLE: dict[str, tuple[tuple[str, ...], ...]] = {
    "zh-hans": (
        ("姓名", "登录名", "机构", "角色", "邮箱"),
        ("王芳", "wangfang", "", "服务主管", "wangfang@example.com"),
        ("李强", "liqiang", "", "一线员工", ""),
    ),
    "en": (
        ("Name", "Sign-in name", "Unit", "Role", "E-mail"),
        ("Anna Wang", "anna.wang", "", "Service supervisor", "anna.wang@example.com"),
        ("Li Qiang", "li.qiang", "", "Front-line staff", ""),
    ),
}


def code_of(lexicon: dict[str, tuple[str, ...]], words: str) -> str:
    """The code that a word stands for, empty when the word is not known."""
    wanted = " ".join(words.casefold().split())
    return next((code for code, known in lexicon.items() if wanted == code or wanted in known), "")
