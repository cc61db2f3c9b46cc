"""Known names of public bodies: only to tell misprints from names never seen before."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hengjian.methods.organisations import Organisations

# Department names without their ending; each exists as 部, 厅, 局 or 委 at some level or time.
_STEMS = (
    "发展和改革 发展改革 教育 科学技术 工业和信息化 经济和信息化 民族事务 公安 国家安全 民政 司法 财政 人力资源和社会保障 人力资源社会保障 国土资源 自然资源 环境保护 "
    "生态环境 住房和城乡建设 住房城乡建设 交通运输 水利 农业 农业农村 农牧业 农牧 畜牧兽医 林业 林业和草原 商务 文化 文化和旅游 卫生和计划生育 卫生计生 卫生健康 审计 外事 "
    "国有资产监督管理 工商行政管理 质量技术监督 市场监督管理 市场监管 新闻出版广电 广播电视 体育 安全生产监督管理 安全监管 应急管理 食品药品监督管理 食品药品监管 药品监督管理 药品监管 "
    "统计 知识产权 旅游 旅游发展 粮食 粮食和物资储备 医疗保障 退役军人事务 信访 机关事务管理 地方金融监督管理 地方金融监管 金融监管 海洋 海洋与渔业 能源 国防科技工业 人民防空 "
    "供销合作 城市管理 城市管理执法 行政审批服务 政务服务 政务服务数据管理 大数据管理 数据资源管理 经济信息化 邮政管理 通信管理 气象 地震 税务 消防救援 出入境检验检疫 民用航空"

)


@lru_cache(maxsize=1)
def _own_names() -> frozenset[str]:
    return frozenset(stem + end for stem in _STEMS.split() for end in ("部", "厅", "局", "委", "委员会") if len(stem + end) >= 5)


def known_names(organisations: Organisations | None = None) -> Iterable[str]:
    """Names to compare with; the families of organs add theirs when they are given."""
    return _own_names() if organisations is None else _own_names() | frozenset(organisations.names())
