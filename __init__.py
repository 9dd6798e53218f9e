from . import controllers, models, wizards
from .models.subscription import uninstall_hook
