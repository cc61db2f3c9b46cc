"""Hengjian 衡鉴."""
