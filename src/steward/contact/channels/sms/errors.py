from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class SmsSecretGone(Refused):
    code = "sms_secret_lost"
    message = _("The secret of this provider cannot be opened with the keys here. Enter it again in the settings.")


class SmsIncomplete(Refused):
    code = "sms_incomplete"
    message = _("To switch the provider on it needs an address to send to, a secret to send with and one that it signs with.")
    status = 422


class BadSms(Refused):
    code = "bad_sms"
    message = _("The message cannot be read: %(field)s is missing. Check the field names in the settings of the provider.")
    status = 422


class ProviderSays(Refused):
    code = "sms_provider_says"
    message = _("The provider did not take it: %(words)s")
    status = 422


class NoProvider(Refused):
    code = "no_sms_provider"
    message = _("No provider of text messages is switched on for this unit.")
    status = 422
