"""What the five organisations found, did, and measured. Truths: how much each action really changed; some changed nothing at all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plot:
    """A finding with its action. level: the share in percent before; change: what the action really does to it, in points; n: people a week.

    control: whether a comparison branch is asked too. worst: opened after the worst week of a stable series, without any effect.
    """

    found: str
    detail: str
    step: str
    cause: str
    factor: str
    source: str
    noticed: str
    action: str
    hypothesis: str
    kind: str
    lever: str
    level: float
    change: float
    n: int
    control: bool = False
    worst: bool = False
    told: str = ""


PLOTS: dict[str, tuple[Plot, ...]] = {
    "bank": (
        Plot("午间等候不满集中", "12 点至 14 点对等候的不满占比高于其他时段。", "叫号", "staffing", "", "measure", "figure", "午间增开弹性窗口",
             "到达集中而窗口轮休，增开窗口可缩短等候", "corrective", "process", 24.0, -9.0, 160, control=True, told="午间等候已增开弹性窗口，欢迎继续提出意见。"),
        Plot("开户说明不一致", "同一问题三位柜员说法不同。", "开户说明", "standard", "", "case", "complaint", "统一开户说明卡", "说法统一后重复询问减少", "preventive", "standard", 12.0, 0.0, 140),
        Plot("一周投诉骤增", "三月第一周的投诉为近两个季度最高。", "转账", "system", "", "measure", "figure", "加强柜面提醒", "提醒到位则投诉下降", "corrective", "training", 9.0, 0.0, 180, worst=True),
    ),
    "hotel": (
        Plot("入住排队", "15 点前后前台排队。", "入住", "process", "", "review", "feedback", "线上预登记", "信息提前填好，前台只核验", "improvement", "process", 22.0, -8.0, 150, control=True, told="现在可以提前在线登记。"),
        Plot("客房交接遗漏", "夜班交接漏记叫早。", "交接班", "human", "process", "incident", "incident", "交接清单双签", "清单使遗漏当场可见", "corrective", "standard", 8.0, 0.0, 120),
        Plot("早餐评分突降", "一周评分为半年最低。", "早餐", "staffing", "", "measure", "figure", "早餐服务培训", "培训改善响应", "corrective", "training", 14.0, 0.0, 130, worst=True),
    ),
    "clinic": (
        Plot("检查说明不清", "影像检查不满占 38%。", "检查预约", "standard", "", "review", "feedback", "检查说明卡与分时预约", "知道何时何地如何准备，不满减少", "corrective", "process", 38.0, -8.0, 100, control=True, told="检查已分时预约，并附说明卡。"),
        Plot("取药窗口询问多", "同一问题反复询问。", "取药", "standard", "", "idea", "staff", "用药说明海报", "海报回答常见问题", "improvement", "standard", 17.0, 0.0, 140),
        Plot("一周候诊投诉最多", "节后一周候诊投诉居首。", "候诊", "staffing", "", "measure", "figure", "导诊员轮岗培训", "导诊更及时", "corrective", "training", 11.0, 0.0, 150, worst=True),
    ),
    "restaurant": (
        Plot("上菜超时", "周末上菜超过承诺时间。", "出餐", "process", "", "case", "complaint", "后厨分段出餐", "热菜与凉菜分段，减少等候", "corrective", "process", 26.0, -10.0, 170, control=True, told="周末出餐已分段，超时将主动告知。"),
        Plot("外卖漏餐具", "打包漏放餐具。", "打包", "human", "standard", "case", "complaint", "打包核对贴", "核对贴使遗漏可见", "preventive", "standard", 7.0, 0.0, 150),
        Plot("一周差评最多", "寒潮一周差评最多。", "外送", "supplier", "", "measure", "figure", "骑手沟通话术", "话术缓解不满", "corrective", "training", 10.0, 0.0, 160, worst=True),
    ),
    "centre": (
        Plot("首次未解决偏高", "售后问题首次未解决占 30%。", "售后处理", "training", "", "inspection", "inspection", "售后知识库改版", "答案更快可查，首次解决提高", "improvement", "process", 30.0, -9.0, 190, control=True, told="售后答复已更新，欢迎再次来电。"),
        Plot("会员咨询转接多", "会员权益咨询多次转接。", "转接", "process", "", "idea", "staff", "转接提示语", "提示语减少转接", "improvement", "standard", 19.0, 0.0, 160),
        Plot("一周满意度最低", "系统升级一周满意度最低。", "热线", "system", "", "measure", "figure", "情绪安抚培训", "安抚改善评价", "corrective", "training", 15.0, 0.0, 170, worst=True),
    ),
}  # fmt: skip
WAITING = ("设置无障碍叫号", "意见簿里反复提到叫号声音小。")
