"""Families of rows of several numbers, and of labels."""

from __future__ import annotations

from mlestat.distributions.multivariate.base import VectorDistribution, VectorMoments
from mlestat.distributions.multivariate.categorical import Categorical
from mlestat.distributions.multivariate.dirichlet import Dirichlet
from mlestat.distributions.multivariate.multinomial import Multinomial
from mlestat.distributions.multivariate.normal import MultivariateNormal

__all__ = ["Categorical", "Dirichlet", "Multinomial", "MultivariateNormal", "VectorDistribution", "VectorMoments"]
