"""Telling the processor which memory comes next (numba): a trace jumps through arrays that no cache holds.

A read that misses every cache takes as long as hundreds of additions, but many can be under way at once. What is going
to be read is therefore asked for some dozen reads ahead; a wrong guess costs nothing but the asking.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

utils: Any = cgutils  # its functions carry no types


def _prefetch(typing_context: Any, array: Any, place: Any) -> Any:

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        view = context.make_array(kind)(context, builder, arguments[0])
        index = context.cast(builder, arguments[1], signature.args[1], types.intp)
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        item = utils.get_item_pointer(context, builder, kind, view, [index])
        address = builder.bitcast(item, byte)
        shape = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        ask = utils.get_or_insert_function(builder.module, shape, "llvm.prefetch.p0i8")
        read, keep, data = word(0), word(3), word(1)
        builder.call(ask, [address, read, keep, data])
        return context.get_dummy_value()

    return types.void(array, place), generate


#: `prefetch(array, place)` inside a compiled loop: array[place] will be read soon; the place must lie inside.
prefetch: Callable[[Any, Any], None] = cast("Any", intrinsic(_prefetch))
