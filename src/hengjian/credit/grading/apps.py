"""Django app of the room."""

from hengjian.programmes.loading import SystemConfig


class CreditGradingConfig(SystemConfig):
    name = "hengjian.credit.grading"
    label = "credit_grading"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.credit.grading import facts, policies

        assert facts.CLASSIFIED
        policies.register()
