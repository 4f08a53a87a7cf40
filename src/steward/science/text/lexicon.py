"""Word lists, written for this project by hand: what praises, what blames, what turns a word round, and what it is about.

They come from general knowledge of what customers of banks, hotels, clinics, restaurants and contact centres write; no corpus
was counted and none
was used to tune them. They are a start where nobody has labelled texts yet; a model trained on one's own texts is better (``train``).
"""

from __future__ import annotations

from enum import StrEnum

# Value 1; words before "!" on their line have value 2.
_PRAISE = """
非常满意 十分满意 太好了 太棒了 很棒 超赞 完美 一流 惊喜 感动 无可挑剔 宾至如归 物超所值 五星好评 强烈推荐 赞不绝口 感激不尽 !
好 不错 满意 喜欢 推荐 值得 赞 棒 好评 周到 贴心 细心 耐心 热情 热心 亲切 友好 友善 礼貌 客气 专业 负责 认真 用心 真诚 诚恳 及时
迅速 高效 快捷
方便 便利 便捷 顺利 舒适 舒服 温馨 干净 整洁 卫生 清洁 宽敞 明亮 安静 漂亮 美观 精致 豪华 大气 优雅 齐全 完善 新鲜 美味 好吃
可口 丰盛 正宗 入味 鲜美
便宜 实惠 划算 优惠 超值 性价比高 合理 公道 透明 清楚 清晰 详细 明白 到位 靠谱 放心 安心 信任 可靠 感谢 谢谢 多谢 表扬 点赞 开心
高兴 愉快 愉悦 惊艳 出色
优秀 优质 优良 优美 良好 理想 圆满 满足 体贴 温暖 微笑 和蔼 敬业 尽责 主动 积极 灵活 稳定 安全 实用 省心 省事 给力 下次还来
还会来 会再来 再次光临 回头客
excellent outstanding perfect amazing wonderful fantastic superb delighted !
good great nice helpful friendly polite kind patient professional quick fast prompt efficient clean comfortable convenient
pleasant happy satisfied
love loved like liked recommend recommended thank thanks appreciate appreciated delicious tasty fresh cheap affordable
reasonable quiet spacious
clear smooth easy welcoming attentive
"""
_BLAME = """
太差 极差 很差 差劲 恶劣 垃圾 骗子 欺骗 诈骗 坑人 黑店 宰客 恶心 愤怒 气愤 可恶 无耻 糟糕 糟透 太烂 噩梦 忍无可忍 欺人太甚 侮辱 !
辱骂 最差 绝不再来 再也不来 再也不会 !
差 烂 坏 破 旧 脏 臭 乱 吵 慢 贵 冷淡 冷漠 敷衍 推诿 推脱 推卸 踢皮球 不耐烦 没耐心 傲慢 粗鲁 生硬 凶 骂 吼 顶嘴 白眼 爱理不理
不理 不理睬 没人理 无人 不负责
失望 不满 生气 无语 无奈 郁闷 后悔 遗憾 难受 难吃 难闻 难看 难用 难找 难懂 麻烦 繁琐 复杂 混乱 拥挤 嘈杂 噪音 吵闹 陈旧 老旧
破旧 简陋 昏暗 潮湿 发霉 霉味
异味 烟味 蟑螂 虫子 头发 污渍 油腻 肮脏 拖延 延误 迟到 耽误 超时 等了 久等 太久 很久 半天 排长队 排队 催 没回复 没回音 没反应
没结果 没解决 没处理 未解决 未处理 未回复
打不通 联系不上 不接电话 挂断 错误 出错 弄错 搞错 算错 漏 丢失 丢 损坏 故障 失效 崩溃 卡顿 闪退 乱收费 多收 多扣 误扣 扣费 偷扣
涨价 昂贵 偏贵 不值 浪费 虚假 忽悠
误导 隐瞒 强制 捆绑 歧视 违规 失职 疏忽 马虎 粗心 过期 变质 不新鲜 拉肚子 受伤 烫伤 摔倒 危险 不安全 泄露 骚扰 问题 不足 缺点
毛病 糊弄 坑 骗 霸王 投诉 差评 说不清
不清楚 不明白 不知道 不专业 不会 没通知 没告知 白跑 跑了几趟 来回跑 有待改进 有待提高 一般般
terrible horrible awful disgusting unacceptable worst outrageous scam fraud furious appalling !
bad poor slow rude dirty noisy expensive late delayed delay waiting waited disappointed disappointing unhappy angry upset
annoyed frustrated
frustrating useless broken wrong mistake error failed fail unhelpful unprofessional ignored overcharged confusing complicated
cold stale smelly
problem complain complaint wasted waste lost damaged missing lied misleading nobody hate never-again
"""
# A word that turns the next one round.
_NOT = """
不 没 没有 无 未 别 非 不是 不太 不够 不怎么 不算 不再 并不 并非 毫无 毫不 从不 从未 不能 不让 缺乏 缺少 谈不上 称不上 绝不 难以
not no never don't doesn't didn't isn't wasn't aren't weren't won't wouldn't cannot can't couldn't hardly without dont didnt
isnt wasnt
"""
NOT = frozenset(_NOT.split())
_MORE = """
很 非常 太 特别 十分 极 极其 超 超级 相当 真 真的 实在 尤其 最 更 格外 very really so too extremely absolutely totally
"""
MORE = frozenset(_MORE.split())
_LESS = """
有点 有些 稍 稍微 略 略微 比较 还 还算 还行 somewhat slightly fairly quite bit
"""
LESS = frozenset(_LESS.split())
BUT = ("但是", "可是", "然而", "不过", "就是", "只是", "但", "却", "but", "however", "although")
# Words that stand for something else, so that a part of them does not count.
_NEITHER = """
好像 好几 好多 好久 最好 正好 刚好 只好 幸好 好不容易 不好意思 好在 爱好 差不多 出差 时差 相差 差异 差额 差旅 差一点 差点
坏账 破例 旧金山 乱码 慢慢 慢走 快慢
贵公司 贵行 贵店 贵院 贵宾 贵州 贵阳 贵姓 尊贵 高贵 珍贵 宝贵 感谢信 问题已解决 没问题 没有问题 不成问题 解决问题 投诉电话
投诉渠道 投诉建议 不客气 坑洼
排队机 值得一提 好评返现 请问 满意度 满意吗 不满意见 卫生间 卫生纸 卫生院 卫生巾 安全带 安全通道 安全感 清楚地知道 不见不散
无线 无锡 无烟 无人机 非典 不仅 不但 不只
不光 不管 不论 不愧 不得不 不一会 没关系 没事 无障碍 无论 无所谓 别人 别的 别墅 特别 分别 个别 级别 区别 性别 未来 非常 除非
是非 很不错 真不错 还不错
like-to would-like late-checkout
"""
NEITHER = frozenset(_NEITHER.split())
NEITHER -= {"非常", "特别", "很不错", "真不错", "还不错", "不满意见"}


class Aspect(StrEnum):
    """What a customer speaks of."""

    WAITING = "waiting"
    ATTITUDE = "attitude"
    SKILL = "skill"
    EXPLANATION = "explanation"
    PROCESS = "process"
    RESULT = "result"
    PRICE = "price"
    CLEANLINESS = "cleanliness"
    COMFORT = "comfort"
    NOISE = "noise"
    FACILITIES = "facilities"
    FOOD = "food"
    PLACE = "place"
    DIGITAL = "digital"
    PRIVACY = "privacy"
    SAFETY = "safety"


_ABOUT = """
waiting: 等待 等候 等了 久等 排队 排长队 排号 叫号 等位 等号 取号 太慢 很慢 速度 上菜 出菜 效率 拖延 延误 超时 迟到 及时
waiting: 迅速 半天 小时才 分钟才 没人接 打不通 慢 快捷 高效 wait waiting waited queue slow delay delayed late prompt quick
waiting: fast
attitude: 态度 服务态度 热情 热心 冷淡 冷漠 礼貌 客气 微笑 耐心 不耐烦 亲切 友好 友善 和蔼 傲慢 粗鲁 生硬 白眼 爱理不理 敷衍
attitude: 骂 吼 顶嘴 凶 周到 贴心 细心 服务员 服务人员 前台 店员 柜员 客服 护士 大堂经理 服务 attitude staff rude polite
attitude: friendly waiter receptionist service
skill: 专业 业务 技术 水平 医术 熟练 不熟 生疏 不会 能力 经验 经验丰富 professional skill skilled competent trained
explanation: 解释 说明 讲解 告知 通知 提醒 介绍 沟通 说清 说不清 不清楚 清楚 详细 明白 看不懂 难懂 误导 隐瞒 答复 回复 口径
explanation: explain explained explanation information informed told answer unclear confusing
process: 流程 手续 程序 步骤 办理 材料 证明 表格 填表 审批 预约 挂号 登记 入住 退房 退款 理赔 跑了几趟 白跑 来回跑 繁琐 复杂
process: 推诿 踢皮球 转接 盖章 procedure process paperwork form booking appointment check-in refund transferred
result: 解决 没解决 未解决 处理 没处理 没结果 结果 办成 没办成 办好 落实 兑现 承诺 答应 solved resolved fixed unresolved
result: result promise
price: 价格 价钱 价位 收费 费用 手续费 利息 利率 贵 便宜 实惠 划算 优惠 折扣 打折 性价比 多收 多扣 乱收费 涨价 扣费 账单
price: 不值 值得 宰客 房价 物超所值 price prices cost fee fees charge charged expensive cheap overcharged bill value
cleanliness: 卫生 干净 脏 肮脏 整洁 清洁 打扫 污渍 异味 臭 霉味 发霉 头发 蟑螂 虫子 油腻 床单 毛巾 消毒 clean dirty hygiene
cleanliness: smell smelly stain
comfort: 舒适 舒服 空调 温度 太热 太冷 床 枕头 座位 座椅 宽敞 拥挤 狭小 空间 潮湿 通风 光线 comfortable bed seat room crowded
noise: 噪音 吵 吵闹 嘈杂 隔音 安静 施工 喧哗 noise noisy quiet loud
facilities: 设施 设备 装修 陈旧 老旧 破旧 简陋 电梯 热水 淋浴 马桶 网速 无线 电视 机器 故障 坏了 停车场 洗手间 厕所 facility
facilities: facilities equipment elevator broken shower toilet machine
food: 菜 菜品 口味 味道 好吃 难吃 新鲜 早餐 自助餐 份量 分量 餐 咖啡 food taste breakfast meal delicious tasty portion
place: 位置 地理位置 交通 地铁 停车 离 距离 难找 好找 方便 偏僻 指示牌 环境 location parking subway far near
digital: 网站 小程序 手机银行 系统 界面 登录 验证码 闪退 卡顿 崩溃 机器人 转人工 线上 app website system login bot online
privacy: 隐私 泄露 个人信息 骚扰 推销电话 身份证号 保密 privacy leaked spam personal-data
safety: 安全 不安全 危险 受伤 烫伤 摔倒 滑倒 过期 变质 拉肚子 食物中毒 消防 过敏 safety unsafe dangerous injured hurt
safety: poisoning allergic
"""
ABOUT: dict[Aspect, frozenset[str]] = {}
for _line in _ABOUT.split("\n"):
    _named, _, _rest = _line.partition(": ")
    if _rest:
        ABOUT[Aspect(_named)] = ABOUT.get(Aspect(_named), frozenset()) | frozenset(_rest.split())
"""Aspect → words that name it. Some of them also say how it is (贵, 脏, 热情)."""

_DEMAND = """
给说法 给个说法 给我说法 给我个说法 给我一个说法 给一个说法 要说法 给解释 给个解释 给我个解释 给我一个解释 给一个解释 要求答复 合理解释
投诉 举报 维权 赔偿 索赔 补偿 退款 退钱 退费 道歉 给个说法 讨个说法 要个说法 给我个交代 给个交代 曝光 找媒体 消费者协会
消协 起诉 律师 仲裁 工商局 银保监
信访 整改 严肃处理 追究 责任人 何时解决 什么时候解决 为什么还没 怎么还没 尽快处理 尽快解决 请处理 请解决 必须处理 12315 12345 12378
complain complaint refund compensation compensate apology apologize apologise lawyer sue regulator unacceptable
"""
DEMAND = frozenset(_DEMAND.split())
"""Words with which people ask for a remedy or an answer."""
_NO_DEMAND = """
不投诉 不想投诉 不是投诉 没有投诉 没投诉 无投诉 零投诉 不用道歉 不用赔偿 无需赔偿 不需要赔偿 撤销投诉
撤诉 投诉已解决 投诉电话 投诉渠道 投诉建议 已退款 退款很快 退款及时 谢谢你们处理投诉 如何投诉 怎么投诉 怎样投诉 不要求赔偿
already-refunded no-complaint no-complaints
"""
NO_DEMAND = frozenset(_NO_DEMAND.split())
"""The same words where nobody asks for anything."""


def _values(text: str, sign: float) -> dict[str, float]:
    found: dict[str, float] = {}
    strong, value = [part.split("!") for part in text.split("\n") if part], 1.0
    for parts in strong:
        value = 2.0 if len(parts) > 1 else 1.0
        found |= dict.fromkeys(parts[0].split(), sign * value)
    return found


VALUE: dict[str, float] = {**_values(_PRAISE, 1.0), **_values(_BLAME, -1.0)}
"""Word → from −2 (blames strongly) to 2 (praises strongly)."""
