"""How people head the columns of a pasted table, and what they call its sides and periods."""

from __future__ import annotations

COLUMNS: dict[str, tuple[str, ...]] = {
    "label": (
        "label", "date", "period", "month", "week", "day", "year", "quarter", "time",
        "日期", "期间", "时间", "月份", "周", "日", "年份", "季度", "期", "时段",
    ),
    "group": ("group", "side", "unit", "branch", "组", "组别", "分组", "单位", "网点", "门店"),
    "numerator": ("numerator", "count", "events", "successes", "part", "yes", "分子", "件数", "次数", "数量", "达标数"),
    "denominator": ("denominator", "n", "of", "total", "exposure", "base", "分母", "总数", "基数", "样本量", "人数", "业务量"),
    "value": ("value", "amount", "mean", "median", "average", "score", "minutes", "值", "数值", "均值", "平均", "中位数", "得分", "分钟"),
}  # fmt: skip
TREATED = ("treated", "treatment", "action", "pilot", "own", "试点", "试点组", "措施组", "处理组", "实验组", "改进组", "本组", "本单位")
CONTROL = ("control", "comparison", "compare", "对照", "对照组", "比较", "比较组")
BEFORE = ("before", "pre", "baseline", "前", "改进前", "措施前", "之前", "实施前")
AFTER = ("after", "post", "后", "改进后", "措施后", "之后", "实施后")
