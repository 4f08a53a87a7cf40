"""How people in China are called, as small tables: surnames with their share of the population, characters of given names, readings.

Written for this project from general knowledge of the published name reports of the Ministry of Public Security (shares in per cent of all
people, rounded; beyond rank 100 only the order of magnitude is right). They serve two ends: reading names that were written in pinyin, and making
persons with a known truth. They are no census: do not publish figures from them.
"""

from __future__ import annotations

# surname + reading + share in per cent
_SURNAMES = """
王wang7.2 李li7.0 张zhang6.7 刘liu5.1 陈chen4.6 杨yang3.0 黄huang2.3 赵zhao2.1 吴wu2.0 周zhou1.9 徐xu1.6 孙sun1.5 马ma1.3 朱zhu1.2 胡hu1.2
郭guo1.15 何he1.15 林lin1.15 高gao1.1 罗luo1.0 郑zheng.95 梁liang.9 谢xie.8 宋song.75 唐tang.7 许xu.68 韩han.66 邓deng.63 冯feng.62
曹cao.6 彭peng.58 曾zeng.57 肖xiao.56 田tian.53 董dong.52 潘pan.5 袁yuan.5 蔡cai.5 蒋jiang.49 余yu.48 于yu.47 杜du.46 叶ye.45 程cheng.45
魏wei.45 苏su.44 吕lv.44 丁ding.43 任ren.41 卢lu.41 姚yao.4 沈shen.4 钟zhong.39 姜jiang.38 崔cui.38 谭tan.38 陆lu.37 范fan.36 汪wang.36
廖liao.35 石shi.34 金jin.34 韦wei.32 贾jia.32 夏xia.31 付fu.3 方fang.3 邹zou.3 熊xiong.29 白bai.29 孟meng.28 秦qin.27 邱qiu.27 侯hou.26
江jiang.26 尹yin.25 薛xue.25 闫yan.24 段duan.24 雷lei.23 龙long.22 黎li.22 史shi.21 陶tao.21 贺he.21 毛mao.2 郝hao.2 顾gu.2 龚gong.2
邵shao.2 万wan.19 覃qin.19 武wu.19 钱qian.18 戴dai.18 严yan.18 莫mo.17 孔kong.17 向xiang.17 常chang.16 汤tang.16 康kang.15 易yi.15
乔qiao.14 赖lai.14 文wen.14 樊fan.13 葛ge.13 齐qi.13 庞pang.12 颜yan.12 倪ni.12 申shen.11 俞yu.1 章zhang.1 鲁lu.1 岳yue.1 梅mei.1 庄zhuang.1
洪hong.1 詹zhan.09 季ji.09 温wen.09 殷yin.09 柳liu.09 施shi.09 翟zhai.09 伍wu.08 焦jiao.08 安an.08 聂nie.08 柯ke.07 欧阳ouyang.07
纪ji.07 单shan.06 解xie.06 查zha.05 仇qiu.04 朴piao.04 区ou.04 华hua.04 曲qu.05 宁ning.05 苗miao.05 裴pei.05 霍huo.05 祝zhu.05 阮ruan.05
上官shangguan.008 司马sima.003 诸葛zhuge.003 司徒situ.003 皇甫huangfu.003 令狐linghu.003 夏侯xiahou.001 慕容murong.001 尉迟yuchi.001
端木duanmu.001 东方dongfang.001
"""
# Characters of given names with their reading, the more usual first; those after / are for women, the others for men.
_SINGLE = """
伟wei 强qiang 磊lei 军jun 勇yong 杰jie 涛tao 超chao 明ming 刚gang 平ping 辉hui 鹏peng 华hua 飞fei 鑫xin 波bo 斌bin 宇yu 浩hao 凯kai 健jian
俊jun 帆fan 帅shuai 旭xu 宁ning 龙long 林lin 欢huan 阳yang 建jian 亮liang 成cheng 毅yi 峰feng 彬bin 锋feng 翔xiang 晨chen 洋yang 坤kun
/ 芳fang 娜na 敏min 静jing 丽li 艳yan 娟juan 霞xia 婷ting 雪xue 倩qian 玲ling 梅mei 红hong 燕yan 莉li 丹dan 蕾lei 琳lin 颖ying 洁jie 慧hui
萍ping 璐lu 晶jing 欣xin 悦yue 娇jiao 莹ying 云yun 蓉rong 岚lan 琴qin 瑶yao 怡yi 薇wei 虹hong 婧jing 雯wen 佳jia
"""
_FIRST = """
建jian 志zhi 国guo 文wen 晓xiao 俊jun 子zi 家jia 海hai 永yong 德de 明ming 天tian 宇yu 浩hao 少shao 春chun 金jin 立li 伟wei 振zhen 世shi 泽ze
嘉jia 思si 一yi 梓zi 景jing 荣rong 正zheng 红hong 小xiao 学xue 新xin 玉yu
/ 秀xiu 桂gui 玉yu 晓xiao 雅ya 美mei 雨yu 思si 诗shi 梦meng 佳jia 欣xin 丽li 淑shu 春chun 小xiao 海hai 子zi 梓zi 一yi 若ruo 心xin 静jing 慧hui
婉wan 语yu 可ke 紫zi 凤feng 爱ai 月yue 燕yan 红hong 文wen
"""
_SECOND = """
国guo 华hua 强qiang 军jun 明ming 平ping 辉hui 伟wei 民min 东dong 峰feng 杰jie 林lin 豪hao 轩xuan 然ran 涛tao 龙long 生sheng 祥xiang 斌bin
宏hong 诚cheng 鹏peng 宇yu 飞fei 波bo 成cheng 良liang 文wen 清qing 山shan 海hai 兵bing 荣rong 昊hao 泽ze 瑞rui 阳yang 睿rui
/ 英ying 兰lan 珍zhen 芳fang 梅mei 琴qin 云yun 华hua 霞xia 玲ling 怡yi 涵han 萱xuan 婷ting 敏min 丽li 静jing 娟juan 燕yan 萍ping 红hong 妍yan
雯wen 琪qi 瑶yao 欣xin 彤tong 悦yue 洁jie 莹ying 颖ying 娜na 琳lin 蓉rong 凤feng 莲lian 菊ju 珠zhu 月yue 晴qing
"""
# The same sound, and easily mistaken at the counter or on the telephone.
_CONFUSED = """
伟炜玮 军君 杰洁 涛韬 明铭 刚钢 辉晖 华桦 鑫欣心 斌彬 浩皓昊 健建 俊峻骏 帆凡 宁凝 林琳 阳洋扬 成诚城 峰锋 芳方 娜那 敏闵 静靖婧 丽莉立
艳燕 霞侠 婷亭 雪学 倩茜 玲铃灵 梅玫 红宏虹 蕾磊 颖莹英 慧惠 萍平 璐露 悦月 云芸 蓉容 瑶遥 怡仪 雯文 佳嘉家 志智 国果 晓小 子梓紫
永勇 德得 宇雨羽 振震 世仕 泽则 思斯 景璟 荣容 正政 新心 玉钰 秀绣 桂贵 雅亚 美镁 诗施 梦孟 淑舒 春纯 若偌 静菁 语雨 可珂 凤峰 强锵 民敏
东冬 豪浩 轩萱 然燃 生胜 祥翔 良梁 清青 山珊 瑞睿 兰岚 珍真 琴勤 琪琦 彤童 莲连 珠朱 晴情 超朝 磊雷 勇涌 鹏朋 飞菲 波博 凯恺  旭序
龙隆 毅义 翔祥 晨辰 坤昆 丹单 晶菁 薇微 岚兰 涵晗 妍研
"""
# Simplified, then the traditional and variant forms that passports, old registers and guests from Hong Kong, Macao and Taiwan bring along.
_VARIANTS = """
张張 刘劉 陈陳 杨楊 黄黃 赵趙 吴吳 孙孫 马馬 罗羅 郑鄭 梁樑 谢謝 许許 韩韓 邓鄧 冯馮 曾曽 肖蕭萧 蒋蔣 余餘 于於 叶葉 苏蘇 吕呂 卢盧 沈瀋
钟鍾鐘锺 谭譚 陆陸 范範 韦韋 贾賈 邹鄒 闫閆閻 龙龍 贺賀 顾顧 龚龔 万萬 钱錢 戴載 严嚴 汤湯 乔喬 赖賴 齐齊 庞龐 颜顏 鲁魯 岳嶽 庄莊 温溫
聂聶 欧歐 阳陽 纪紀 单單 区區 华華 宁寧甯 诸諸 东東 尔爾 伟偉 强強彊 军軍 杰傑 涛濤 刚剛 辉輝煇 鹏鵬 飞飛 斌贇 凯凱 健徤 俊儁 帅帥 龙竜
欢歡 锋鋒 峰峯 静靜 丽麗 艳艷豔 红紅 颖穎 洁潔 莹瑩 云雲 岚嵐 琼瓊 莲蓮 兰蘭 凤鳳 爱愛 梦夢 诗詩 语語 晓曉 国國囯 志誌 荣榮 学學 泽澤
宾賓 胜勝 诚誠 义義 庆慶 昆崑 升昇陞 群羣 启啟啓 松鬆 贵貴 宝寶寳 应應 亚亞 连連 进進 远遠 达達 运運 迁遷 选選 铁鐵 铭銘 锦錦 钢鋼 钧鈞
锐銳 镇鎮 银銀 书書 长長 门門 闻聞 问問 间間 关關 开開 阁閣 韵韻 顺順 项項 须須 题題 颂頌 风風 飏颺 车車 轩軒 辅輔 轮輪 轶軼 载載 边邊
还還 这這 迈邁 过過 适適 乡鄉 里裡裏 卫衛衞 冲沖衝 决決 净淨 凌淩 减減 凑湊 几幾 凭憑 击擊 则則 创創 剑劍劒 劳勞 势勢 动動 务務 励勵
勋勳勛 匀勻 厂廠 历歷 压壓 厅廳 县縣 发發 变變 叠疊 号號 听聽 员員 响響 园園 围圍 图圖 圆圓 圣聖 场場 坚堅 坛壇 块塊 垒壘 尧堯 执執 报報
声聲 处處 备備 复復 头頭 夺奪 奋奮 奖獎 妆妝 妇婦 妈媽 娇嬌 婵嬋 孪孿 宪憲 宫宮 宽寬 实實 审審 寻尋 导導 对對 将將 尔爾 尘塵 层層 岁歲
岛島 峡峽 币幣 师師 带帶 帮幫 广廣 库庫 废廢 弥彌 录錄 归歸 当當 彦彥 御禦 忆憶 忧憂 怀懷 态態 恋戀 恒恆 悦悅 惊驚 愿願 戏戲 战戰 户戶
扬揚 抚撫 择擇 拥擁 挚摯 据據 撑撐 敌敵 数數 斋齋 断斷 无無 时時 昙曇 显顯 暂暫 术術 机機 权權 条條 来來 极極 构構 枫楓 标標 栋棟 树樹
样樣 桥橋 楼樓 榄欖 毕畢 气氣 汉漢 沟溝 沪滬 泪淚 泸瀘 泾涇 济濟 涌湧 润潤 涧澗 渊淵 渔漁 湾灣 滨濱 满滿 潇瀟 灵靈 灿燦 炜煒 点點 炼煉
烁爍 热熱 焕煥 爷爺 状狀 独獨 猎獵 玛瑪 玮瑋 环環 现現 珑瓏 琏璉 琐瑣 瑶瑤 璎瓔 电電 画畫 畅暢 疗療 盖蓋 盘盤 真眞 砺礪 础礎 礼禮 祎禕
祯禎 禄祿 离離 种種 积積 称稱 稣穌 穷窮 竞競 笃篤 笔筆 简簡 类類 粮糧 紧緊 约約 纤纖 级級 纬緯 纯純 纲綱 纳納 纵縱 纶綸 练練 组組 绅紳
细細 织織 终終 绍紹 经經 结結 绘繪 给給 绚絢 绛絳 绝絕 绣繡 继繼 绩績 续續 绮綺 维維 绵綿 绿綠 缘緣 缨纓 习習 耀燿 职職 联聯 聪聰 肃肅
肤膚 胆膽 脉脈 腾騰 舰艦 艺藝 节節 芦蘆 苍蒼 苹蘋 荆荊 荐薦 莺鶯 营營 萤螢 萨薩 蓝藍 蔼藹 蔷薔 虏虜 虑慮 虽雖 虾蝦 蚁蟻 衬襯 袭襲 见見
观觀 规規 视視 览覽 觉覺 触觸 誉譽 计計 订訂 认認 讨討 让讓 训訓 议議 记記 讲講 论論 设設 访訪 证證 评評 识識 词詞 译譯 试試 话話 该該
详詳 说說 请請 诺諾 课課 谁誰 调調 谅諒 谈談 谊誼 谋謀 谦謙 谨謹 谱譜 贝貝 贞貞 负負 财財 责責 贤賢 质質 贩販 购購 贯貫 贴貼 费費 贸貿
资資 赋賦 赏賞 赐賜 赞贊讚 赛賽 赟贇 赢贏 跃躍 践踐 轰轟 轻輕 较較 输輸 办辦 农農 邮郵 郁鬱 释釋 鉴鑑鑒 针針 钊釗 钥鑰 钦欽 铃鈴 铎鐸 链鏈
销銷 锁鎖 锡錫 镜鏡 闪閃 闽閩 阔闊 队隊 阶階 际際 陇隴 陕陝 险險 随隨 隐隱 难難 雏雛 双雙 霁霽 韬韜 页頁 顶頂 顿頓 预預 领領 频頻 飘飄
饮飲 饰飾 馆館 驰馳 驱驅 驹駒 驾駕 骁驍 骄驕 骅驊 骆駱 骏駿 骐騏 骥驥 鱼魚 鲍鮑 鲜鮮 鸣鳴 鸥鷗 鸿鴻 鹃鵑 鹤鶴 鹰鷹 麦麥 龄齡 党黨 为為爲
与與 业業 丛叢 丝絲 两兩 个個 丰豐 临臨 举舉 么麼 乌烏 乐樂 产產 亿億 仅僅 从從 仑侖 仓倉 仪儀 们們 价價 众眾 优優 会會 伞傘 传傳 伦倫
体體 侠俠 侣侶 侨僑 俭儉 债債 倾傾 储儲 儿兒 兑兌 兴興 养養 冈岡 册冊 写寫 冰氷 台臺檯颱
"""


def _pairs(text: str) -> list[tuple[str, str, float]]:
    rows = []
    for token in text.split():
        characters = "".join(letter for letter in token if ord(letter) > 0x2E7F)
        rest = token[len(characters) :]
        reading = rest.rstrip("0123456789.")
        rows.append((characters, reading, float(rest[len(reading) :] or 0)))
    return rows


def _both(text: str) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    men, _, women = text.partition("/")
    return tuple((c, r) for c, r, _ in _pairs(men)), tuple((c, r) for c, r, _ in _pairs(women))


SURNAMES: dict[str, tuple[str, float]] = {characters: (reading, share) for characters, reading, share in _pairs(_SURNAMES)}
"""Surname → (reading, share in per cent)."""
SINGLE, FIRST, SECOND = _both(_SINGLE), _both(_FIRST), _both(_SECOND)
"""(for men, for women): given names of one character; first and second characters of given names of two, each with its reading."""
COMPOUND_SURNAMES = frozenset(surname for surname in SURNAMES if len(surname) > 1)
SIMPLIFIED: dict[str, str] = {variant: group[0] for group in _VARIANTS.split() for variant in group[1:]}
"""Traditional or variant character → the usual one."""
VARIANTS: dict[str, tuple[str, ...]] = {}
for _variant, _usual in SIMPLIFIED.items():
    VARIANTS[_usual] = (*VARIANTS.get(_usual, ()), _variant)
CONFUSED: dict[str, tuple[str, ...]] = {}
for _group in _CONFUSED.split():
    for _one in _group:
        CONFUSED[_one] = (*CONFUSED.get(_one, ()), *(other for other in _group if other != _one))
