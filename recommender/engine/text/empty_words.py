"""Words that say nothing about an interest: they are true of any product, book, dish or film."""

from __future__ import annotations

from collections.abc import Sequence

_SIZES = """oz ounce fl fluid ml mg gram kg lb lbs pound inch inches inche cm mm ft feet foot yard
meter metre liter litre gallon quart pint pack packet package pk pcs pc piece count ct set pair
assorted assortment size small medium large mini xl each new per box bag lot dozen qty quantity
bundle bulk case unit refill roll sheet sample height width length weight depth diameter half
quarter 件 套 个 盒 袋 瓶 装 款 新款 包邮 套装 克 毫升 公斤 千克 斤 厘米 毫米 英寸 尺寸 规格
数量 大小 大号 小号 中号"""

_COLOURS = """red blue green white black pink yellow purple orange brown grey gray ivory cream
beige silver gold golden colour color shade tone multicolour multicolor turquoise lilac 红色
蓝色 绿色 白色 黑色 粉色 黄色 紫色 灰色 颜色"""

_PRODUCTS = """product item thing stuff good model brand version edition series sery collection line
range style type kind sort design pattern theme feature quality value price sale offer deal
gift replacement accessory part component supply assembly original genuine finish look shape
surface top bottom side front back end edge centre center middle corner base body head hand use
usage user purpose application formula result benefit performance choice option selection
variety mix system material content detail description name number no code sku tag label title
image picture photo warranty manufacturer company inc ltd llc corporation corp co usa china
made import country origin 产品 商品 物品 东西 品牌 型号 版本 系列 风格 类型 种类 样式 质量
价格 功能 效果 配件 材料 内容 名称 图片 标签 公司 用品 物件 主题"""

_TEACHING = """introduction intro beginner beginners basics basic fundamental foundation
essential guide handbook manual tutorial course class lesson lecture book ebook textbook
chapter volume reference resource note slide video podcast workshop bootcamp training practice
exercise example recipe cookbook crash primer overview step tip trick hint concept principle
idea topic subject question answer problem solution project study approach method methodology
technique way level advanced intermediate complete practical learner learning learn student
teacher teaching education author press university school academy college site website page
online free link list documentation doc docs text article blog journal paper pdf world language
skill knowledge understanding theory lab laboratory 入门 基础 教程 指南 手册 课程 图书 书籍
教材 讲义 笔记 视频 资料 资源 学习 初学者 新手 进阶 高级 中级 实战 实践 实例 示例 案例 例子
方法 技巧 技术 知识 问题 答案 解答 概念 原理 理论 基本 简介 介绍 概述 导论 导引 中文 中文版
英文 版 第版 作者 大全 合集 集合 列表 网站 网页 在线 免费 文档 文章 博客 练习 习题 项目 详解
之路 之道 之美 艺术 精粹 精要 教学 老师 学生 大学 学院 做法 步骤 菜谱 食谱 菜 语言 世界 思想"""

_GENERAL = """development process care provider institute tour morning playlist error primer user
professional trial hall matter object command track definitive platform dive element service action
journey master mastery category technology sign exposure community view framework programmer
developer movie story scale evolution
办法 权威 动手 移动 家常 风味 官方 圣经 实务 规范 程序员 简体中文 简体中文版 使用手册
官方网站
一坛 一汤 一本 一只 一朵 一碗 懒人 简易版
health healthy post entry everyday equipment
time day night week month year season hour minute moment date today life place
home house room space area city town people person man men woman women boy girl kid child
children adult baby family friend somebody everybody everything something anything nothing bit
fact matter point reason cause effect change start beginning need want help work job play fun
love like favourite favorite hope dream feeling mind sense power group member team couple
individual form order amount rate degree state status condition situation issue information
data-sheet general other others misc miscellaneous various different special great best better
nice perfect beautiful lovely happy big little long short high low old modern classic
traditional standard regular professional pro premium deluxe super ultra extra plus max ideal
easy quick simple fast full single double multi real true using making creating building
designing developing implementing exploring introducing getting mastering starting doing going
working writing reading taking giving having being including following regarding concerning
official certified instant expert first second third one two three four five six seven eight
nine ten 时间 时候 天 日 年 月 周 小时 分钟 人 人们 大家 自己 生活 地方 家 家庭 朋友 孩子 儿童
方式 部分 原因 情况 状态 程度 信息 工作 需要 帮助 可以 容易 简单 快速 好 新 其他 其它 各种 不同
特别 常见 一般 普通 重要 最佳 最好 经典 传统 专业 优质 高品质 一些 所有 全部 适量 少许 左右
以上"""

_SHELVES = """action adult baby body boy child children family foundation girl health home kid man
men technology woman women 儿童 家庭 生活 技术"""
"""Words that say nothing in a title, but something as the name of a category: films of Action."""

SHELVES = frozenset(_SHELVES.split())

EMPTY = frozenset(" ".join((_SIZES, _COLOURS, _PRODUCTS, _TEACHING, _GENERAL)).split())
"""Singular, as ``tokenize`` folds words; ``says_nothing`` knows their plurals."""


def says_nothing(word: str) -> bool:
    """Whether a word in lower case is true of anything; a number is, too."""
    plain = word.removesuffix("s")
    known = word in EMPTY or plain in EMPTY or f"{word}s" in EMPTY
    return known or not any(char.isalpha() for char in word)


def names_nothing(words: Sequence[str]) -> bool:
    """Whether a category of these folded words in lower case says as little as "other"."""
    if len(words) == 1 and not SHELVES.isdisjoint((words[0], words[0].removesuffix("s"))):
        return False
    return all(map(says_nothing, words))
