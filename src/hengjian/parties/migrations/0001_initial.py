import datetime

import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import hengjian.parties.models.units


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('display_name', models.CharField(blank=True, max_length=60, verbose_name='姓名')),
                ('position', models.CharField(blank=True, max_length=60, verbose_name='职务')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='办公电话')),
                ('email_digest', models.BooleanField(default=False, verbose_name='每日邮件摘要')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': '用户',
                'ordering': ['unit__region__code', 'unit__name', 'display_name', 'username'],
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Region',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('code', models.CharField(max_length=12, unique=True, validators=[django.core.validators.RegexValidator('^\\d{6}(\\d{3}){0,2}$', '区划代码应为 6、9 或 12 位数字。')], verbose_name='区划代码')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('short_name', models.CharField(blank=True, max_length=40, verbose_name='简称')),
                ('level', models.CharField(choices=[('national', '国家级'), ('provincial', '省级'), ('prefecture', '地级'), ('county', '县级'), ('township', '乡级')], max_length=12, verbose_name='层级')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='parties.region', verbose_name='上级地区')),
            ],
            options={
                'verbose_name': '地区',
                'ordering': ['code'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RegionSuccession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='日期')),
                ('document', models.CharField(blank=True, max_length=200, verbose_name='依据')),
                ('predecessor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='successions', to='parties.region')),
                ('successor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='precursions', to='parties.region')),
            ],
            options={
                'ordering': ['on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('key', models.CharField(default=hengjian.parties.models.units.new_key, max_length=80, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$', '标识只能用小写字母、数字和连字符。')], verbose_name='标识')),
                ('name', models.CharField(max_length=200, verbose_name='全称')),
                ('short_name', models.CharField(blank=True, max_length=80, verbose_name='简称')),
                ('kind', models.CharField(choices=[('department', '政府部门'), ('party_organ', '党委机关'), ('government', '人民政府'), ('vertical', '垂直管理机构'), ('collective', '集合主体'), ('people_organisation', '群团组织'), ('court', '司法机关'), ('enterprise', '企业'), ('panel', '议事协调机构'), ('institution', '事业单位'), ('congress', '人大机关')], default='department', max_length=20, verbose_name='类别')),
                ('level', models.CharField(choices=[('national', '国家级'), ('provincial', '省级'), ('prefecture', '地级'), ('county', '县级'), ('township', '乡级')], max_length=12, verbose_name='层级')),
                ('family', models.CharField(blank=True, max_length=60, verbose_name='职能族')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='parties.unit', verbose_name='上级单位')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='parties.region', verbose_name='地区')),
            ],
            options={
                'verbose_name': '单位',
                'ordering': ['region__code', 'name', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('role', models.CharField(max_length=30, verbose_name='角色')),
                ('ceiling', models.PositiveSmallIntegerField(choices=[(0, '公开'), (10, '内部'), (20, '敏感'), (30, '个人信息')], default=10, verbose_name='密级上限')),
                ('granted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='授权时间')),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='授权人')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='parties.region', verbose_name='限于地区')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='parties.unit', verbose_name='限于单位')),
            ],
            options={
                'verbose_name': '角色授权',
                'ordering': ['user', 'role', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Counterpart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('lower', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='upper_counterparts', to='parties.unit')),
                ('upper', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lower_counterparts', to='parties.unit')),
            ],
            options={
                'verbose_name': '对口单位',
                'ordering': ['upper', 'lower'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CollectiveMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('collective', models.ForeignKey(limit_choices_to={'kind': 'collective'}, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='parties.unit')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='collectives', to='parties.unit', verbose_name='成员')),
            ],
            options={
                'verbose_name': '集合成员',
                'ordering': ['collective', 'member', 'valid_from'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='时间')),
                ('system', models.CharField(blank=True, max_length=60, verbose_name='系统')),
                ('verb', models.CharField(max_length=60, verbose_name='操作')),
                ('ref', models.CharField(blank=True, max_length=120, verbose_name='对象')),
                ('label', models.CharField(blank=True, max_length=200, verbose_name='对象名称')),
                ('changes', models.JSONField(default=dict, verbose_name='变更')),
                ('reason', models.TextField(blank=True, verbose_name='事由')),
                ('request_id', models.CharField(db_index=True, max_length=36, verbose_name='请求')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit_entries', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.unit')),
            ],
            options={
                'verbose_name': '操作日志',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='用途')),
                ('prefix', models.CharField(max_length=16, unique=True, verbose_name='前缀')),
                ('digest', models.CharField(max_length=64)),
                ('scopes', models.JSONField(default=list, verbose_name='权限范围')),
                ('wide', models.BooleanField(default=False, verbose_name='不限于本单位')),
                ('rate_limit', models.PositiveIntegerField(default=600, verbose_name='限流（次）')),
                ('rate_window', models.PositiveIntegerField(default=60, verbose_name='限流窗口（秒）')),
                ('window_start', models.DateTimeField(blank=True, null=True)),
                ('window_count', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='创建时间')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='到期时间')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='最近使用')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='吊销时间')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='parties.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '接口令牌',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='users', to='parties.unit', verbose_name='单位'),
        ),
        migrations.CreateModel(
            name='UnitAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('alias', models.CharField(max_length=200, verbose_name='别名')),
                ('kind', models.CharField(choices=[('short', '简称'), ('former', '曾用名'), ('misprint', '误写')], default='short', max_length=10, verbose_name='种类')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='parties.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '单位别名',
                'ordering': ['alias', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='UnitSuccession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='日期')),
                ('document', models.CharField(blank=True, max_length=200, verbose_name='依据')),
                ('scope', models.CharField(blank=True, max_length=200, verbose_name='承接职责')),
                ('main', models.BooleanField(default=True, verbose_name='主要承接')),
                ('predecessor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='successions', to='parties.unit', verbose_name='原单位')),
                ('successor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='precursions', to='parties.unit', verbose_name='承接单位')),
            ],
            options={
                'verbose_name': '单位沿革',
                'ordering': ['on', 'pk'],
            },
        ),
        migrations.AddIndex(
            model_name='region',
            index=models.Index(fields=['name'], name='parties_reg_name_c69de3_idx'),
        ),
        migrations.AddConstraint(
            model_name='region',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='parties_region_period', violation_error_message='失效日期早于生效日期。'),
        ),
        migrations.AddConstraint(
            model_name='regionsuccession',
            constraint=models.UniqueConstraint(fields=('predecessor', 'successor'), name='parties_region_succession_once'),
        ),
        migrations.AddConstraint(
            model_name='regionsuccession',
            constraint=models.CheckConstraint(condition=models.Q(('predecessor', models.F('successor')), _negated=True), name='parties_region_succession_other'),
        ),
        migrations.AddIndex(
            model_name='unit',
            index=models.Index(fields=['region', 'family'], name='parties_uni_region__0e6a07_idx'),
        ),
        migrations.AddIndex(
            model_name='unit',
            index=models.Index(fields=['name'], name='parties_uni_name_dbc55c_idx'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='parties_unit_period', violation_error_message='失效日期早于生效日期。'),
        ),
        migrations.AddIndex(
            model_name='rolegrant',
            index=models.Index(fields=['role', 'unit'], name='parties_rol_role_c87ff3_idx'),
        ),
        migrations.AddConstraint(
            model_name='rolegrant',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='parties_rolegrant_period', violation_error_message='失效日期早于生效日期。'),
        ),
        migrations.AddConstraint(
            model_name='counterpart',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='parties_counterpart_period', violation_error_message='失效日期早于生效日期。'),
        ),
        migrations.AddConstraint(
            model_name='counterpart',
            constraint=models.UniqueConstraint(fields=('upper', 'lower'), name='parties_counterpart_once'),
        ),
        migrations.AddConstraint(
            model_name='counterpart',
            constraint=models.CheckConstraint(condition=models.Q(('upper', models.F('lower')), _negated=True), name='parties_counterpart_other'),
        ),
        migrations.AddConstraint(
            model_name='collectivemembership',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='parties_collectivemembership_period', violation_error_message='失效日期早于生效日期。'),
        ),
        migrations.AddConstraint(
            model_name='collectivemembership',
            constraint=models.UniqueConstraint(models.F('collective'), models.F('member'), django.db.models.functions.comparison.Coalesce('valid_from', models.Value(datetime.date(1, 1, 1), output_field=models.DateField())), name='parties_membership_once'),
        ),
        migrations.AddConstraint(
            model_name='collectivemembership',
            constraint=models.CheckConstraint(condition=models.Q(('collective', models.F('member')), _negated=True), name='parties_membership_other'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['ref', '-at'], name='parties_aud_ref_d38369_idx'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['user', '-at'], name='parties_aud_user_id_34ecce_idx'),
        ),
        migrations.AddIndex(
            model_name='unitalias',
            index=models.Index(fields=['alias'], name='parties_uni_alias_0e2b9e_idx'),
        ),
        migrations.AddConstraint(
            model_name='unitalias',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='parties_unitalias_period', violation_error_message='失效日期早于生效日期。'),
        ),
        migrations.AddConstraint(
            model_name='unitalias',
            constraint=models.UniqueConstraint(fields=('unit', 'alias'), name='parties_unit_alias_once'),
        ),
        migrations.AddConstraint(
            model_name='unitsuccession',
            constraint=models.UniqueConstraint(fields=('predecessor', 'successor'), name='parties_succession_once'),
        ),
        migrations.AddConstraint(
            model_name='unitsuccession',
            constraint=models.CheckConstraint(condition=models.Q(('predecessor', models.F('successor')), _negated=True), name='parties_succession_other'),
        ),
    ]
